//! `tradewind serve`.

use crate::{error::Result, platform::config::Settings};

pub(super) async fn run(settings: Settings) -> Result<()> {
    settings.check_secrets()
}
