//! What a job is to the code.

use super::{Attempt, Priority, Queue, backoff};
use crate::error::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// So often may the worker of a job die, unless the job says otherwise. Most often it is not the job that killed it.
pub(super) const MOST_LOSSES: u16 = 20;

/// A kind of work, and the payload of one piece of it: ids and facts, as JSON of at most 64 KiB.
///
/// A piece may run more than once, though never twice at the same time: its worker may die after the work and before
/// it could say so. Do the work in one transaction with [`Attempt::finish`], or so that doing it again changes nothing.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the table: `<room>.<what>`. Never changes while there are jobs of it.
    const KIND: &'static str;
    /// The form of the payload; raised when the form changes so that the older one cannot be read any more.
    const VERSION: i16 = 1;
    /// With whom it shares workers.
    const QUEUE: Queue = Queue::DEFAULT;
    /// Before and behind whom it is served.
    const PRIORITY: Priority = Priority::Normal;
    /// After so many failed attempts it is a dead letter.
    const MAX_ATTEMPTS: u16 = 20;
    /// After so many attempts that ended with their worker it is a dead letter. They are counted apart from those that failed: a worker
    /// that dies takes all that it is at with it.
    const MAX_LOSSES: u16 = MOST_LOSSES;
    /// An attempt is stopped after this.
    const TIMEOUT: Duration = Duration::from_secs(60);

    /// At most one job of this kind and key waits or runs: asking for another changes nothing.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// Jobs with the same text run one after the other, by their number; those of one number in no order. A job that
    /// is a dead letter holds up nobody.
    fn order(&self) -> Option<(String, i64)> {
        None
    }

    /// How long to wait after the attempt of this number failed (the first is 1), before jitter.
    #[must_use]
    fn backoff(attempt: u16) -> Duration {
        backoff::exponential(attempt)
    }

    /// Reads a payload of an older version.
    ///
    /// # Errors
    /// Invalid where that cannot be done; the job is then a dead letter.
    fn upgrade(version: i16, _payload: serde_json::Value) -> Result<Self> {
        Err(Error::invalid(
            "payload",
            format!(
                "It is of version {version}, and this server reads version {} only.",
                Self::VERSION
            ),
        ))
    }

    /// Does the work. An error has it tried again later, but for [`Error::Invalid`]: what is wrong with the payload is
    /// wrong the next time too, so the job is a dead letter at once.
    fn run(self, attempt: &Attempt) -> impl Future<Output = Result<()>> + Send;
}
