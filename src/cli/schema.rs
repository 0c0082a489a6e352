//! `tradewind schema`.

use crate::{graphql, platform::config::Settings};

pub(super) fn run(settings: &Settings) {
    print!("{}", graphql::sdl(settings));
}
