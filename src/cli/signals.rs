//! What tells the process to stop.

use crate::error::{Error, Result};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Hears SIGHUP, by which operators ask for settings' files to be read again.
pub(super) struct Hangups(Signal);

impl Hangups {
    /// Hears it from now on, instead of being ended by it.
    pub(super) fn new() -> Result<Self> {
        let signal = signal(SignalKind::hangup()).map_err(Error::internal)?;
        Ok(Self(signal))
    }

    /// The next one.
    pub(super) async fn next(&mut self) {
        self.0.recv().await;
    }
}

/// Hears SIGTERM and SIGINT.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Hears them from now on, instead of being ended by them.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(Error::internal)?,
            interrupt: signal(SignalKind::interrupt()).map_err(Error::internal)?,
        })
    }

    /// The next one.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
