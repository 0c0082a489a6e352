//! The log: one line per event on standard error, for people in development and as JSON in production.

use crate::{
    error::{Error, Result},
    platform::config::Settings,
};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Libraries that say at INFO what is of interest only when something goes wrong.
const QUIET: &str = "sea_orm_migration=warn,sqlx=warn";

/// Starts the log, panics included. What was started before stays.
///
/// # Errors
/// Invalid, naming the setting, when `LOG_LEVEL` cannot be read.
pub fn init_logs(settings: &Settings) -> Result<()> {
    // First, so that the setting can say otherwise.
    let directives = format!("{QUIET},{}", settings.log_level);
    let filter = EnvFilter::try_new(directives).map_err(|error| {
        Error::invalid(
            "LOG_LEVEL",
            format!("{error}. Set it to error, warn, info, debug or trace, or to a filter such as info,tradewind=debug."),
        )
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = if settings.is_production() {
        let lines = fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(stderr);
        registry.with(lines).try_init()
    } else {
        let lines = fmt::layer()
            .with_target(false)
            .with_ansi(stderr().is_terminal())
            .with_writer(stderr);
        registry.with(lines).try_init()
    };
    if started.is_ok() {
        log_panics();
    }
    Ok(())
}

/// A panic is logged where it happens, inside the span of its request; whoever catches it need not.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let location = panic.location().map(ToString::to_string);
        tracing::error!(panic = message, location, "panicked");
    }));
}
