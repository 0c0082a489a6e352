//! `tradewind schema`.

use crate::{error::Result, graphql, platform::config::Settings};

pub(super) fn run(settings: &Settings) -> Result<()> {
    print!("{}", graphql::sdl(settings));
    Ok(())
}
