//! Logs and metrics.

use super::config::Settings;
use crate::error::Result;

/// Starts the log.
///
/// # Errors
/// Invalid, naming the setting, when `LOG_LEVEL` cannot be read.
pub fn init_logs(_settings: &Settings) -> Result<()> {
    Ok(())
}
