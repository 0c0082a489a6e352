//! `tradewind doctor`.

use crate::{error::Result, platform::config::Settings};

pub(super) async fn run(_settings: Settings) -> Result<()> {
    Ok(())
}
