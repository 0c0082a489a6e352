//! The kinds of jobs that this server can do.

use super::{Attempt, Job, Queue};
use crate::error::{Error, Result};
use croner::Cron;
use serde_json::Value;
use std::{cmp::Ordering, collections::BTreeMap, pin::Pin, str::FromStr, time::Duration};

/// How a job's work comes to its end.
pub(super) type Work<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// What a worker knows of one kind of job.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) timeout: Duration,
    /// After so many attempts that ended with their worker it is a dead letter.
    pub(super) most_losses: u16,
    pub(super) backoff: fn(u16) -> Duration,
    /// Reads a payload of this version and does the work.
    pub(super) run: for<'a> fn(i16, Value, &'a Attempt) -> Work<'a>,
}

/// A job that comes round.
#[derive(Clone)]
pub(super) struct Timer {
    pub(super) name: &'static str,
    pub(super) pattern: &'static str,
    pub(super) cron: Cron,
    pub(super) new_job: fn() -> Result<super::NewJob>,
}

/// The kinds of jobs that this server can do, and when some come round by themselves. Each room adds its own in
/// `worker.rs`.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Kind>,
    queues: BTreeMap<&'static str, Queue>,
    timers: Vec<Timer>,
}

impl Registry {
    /// Adds jobs of the type `J`.
    ///
    /// # Panics
    /// When two types have the same kind: jobs of one would be done as the other.
    #[must_use]
    pub fn with<J: Job>(mut self) -> Self {
        let kind = Kind {
            timeout: J::TIMEOUT,
            most_losses: J::MAX_LOSSES,
            backoff: J::backoff,
            run: |version, payload, attempt| Box::pin(run::<J>(version, payload, attempt)),
        };
        assert!(
            self.kinds.insert(J::KIND, kind).is_none(),
            "there are two kinds of jobs named {}",
            J::KIND
        );
        self.queues.insert(J::QUEUE.name, J::QUEUE);
        self
    }

    /// Adds jobs of the type `J`, and has one done whenever `pattern` says so: minute, hour, day of the month, month, day
    /// of the week, in UTC. One that is still waiting or running then is enough. What came round while no worker ran
    /// is done once.
    ///
    /// # Panics
    /// When `pattern` is none, or two types have the same kind.
    #[must_use]
    pub fn with_timer<J: Job + Default>(mut self, pattern: &'static str) -> Self {
        // A test makes the registry, so a wrong pattern never gets far.
        let cron = Cron::from_str(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        self.timers.push(Timer {
            name: J::KIND,
            pattern,
            cron,
            new_job: || {
                let mut job = super::NewJob::of(&J::default())?;
                job.unique_key = job.unique_key.or_else(|| Some("timer".to_owned()));
                Ok(job)
            },
        });
        self.with::<J>()
    }

    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        self.kinds.get(name).copied()
    }

    pub(super) fn queues(&self) -> impl Iterator<Item = Queue> {
        self.queues.values().copied()
    }

    pub(super) fn timers(&self) -> &[Timer] {
        &self.timers
    }
}

async fn run<J: Job>(version: i16, payload: Value, attempt: &Attempt) -> Result<()> {
    let job = match version.cmp(&J::VERSION) {
        Ordering::Equal => serde_json::from_value(payload).map_err(|error| {
            let message = format!("It is not one of a job {}: {error}.", J::KIND);
            Error::invalid("payload", message)
        })?,
        Ordering::Less => J::upgrade(version, payload)?,
        // Written by a newer server: one of those will come and take it.
        Ordering::Greater => {
            return Err(Error::Conflict(format!(
                "The payload is of version {version}, and this server reads versions up to {} only.",
                J::VERSION
            )));
        }
    };
    job.run(attempt).await
}
