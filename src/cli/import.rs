//! `tradewind import shopify FILE…`.

use crate::{error::Result, platform::config::Settings};
use clap::Args;

#[derive(Args, Debug)]
pub(super) struct Arguments {}

pub(super) async fn run(_settings: Settings, _arguments: Arguments) -> Result<()> {
    Ok(())
}
