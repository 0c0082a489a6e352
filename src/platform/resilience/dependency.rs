//! The way to call anything over a network.
//!
//! Each service that is called has one [`Dependency`], made once and kept by its adapter. A call waits for one of its
//! places, is stopped when it takes too long, is repeated when that may help and the budget allows it, and is not
//! made at all while the service fails.

use super::{
    CallError, Policy,
    breaker::Breaker,
    budget::Budget,
    deadline::{self, Elapsed},
    measured::{InUse, Measured},
};
use crate::{
    error::{Error, Result},
    platform::database::transactions,
};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::{future::Future, time::Duration};
use tokio::sync::Semaphore;

/// The first wait before a call is repeated; each later one is twice as long. Up to as much again is added by chance,
/// so that those who failed together do not come back together.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// A service that is called over a network.
#[derive(Debug)]
pub struct Dependency {
    name: &'static str,
    policy: Policy,
    places: Semaphore,
    budget: Budget,
    breaker: Breaker,
}

impl Dependency {
    /// The service called `name` in logs and metrics.
    #[must_use]
    pub fn new(name: &'static str, policy: Policy) -> Self {
        Self {
            name,
            policy,
            places: Semaphore::new(policy.concurrency),
            budget: Budget::new(),
            breaker: Breaker::new(name, policy.breaker),
        }
    }

    /// Calls the service: `work` makes one attempt, and may be run several times. A function that returns a future
    /// rather than an async one: what those borrow cannot be sent between threads yet.
    ///
    /// # Errors
    /// What [`CallError::refused`] says; Timeout when the deadline of the work at hand came first; Unavailable in all
    /// other cases; Internal inside a database transaction, which would be held open for as long as the network likes.
    pub async fn call<T, F>(&self, mut work: impl FnMut() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        transactions::refuse(self.name)?;
        let mut measured = Measured::new(self.name);
        let ended = self.in_its_place(&mut work).await;
        measured.outcome = ended.as_ref().map_or_else(Failure::outcome, |_| "ok");
        ended.map_err(|failure| failure.into_error(self.name))
    }

    async fn in_its_place<T, F>(&self, work: &mut impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let place = deadline::within(self.policy.queue_wait, self.places.acquire()).await;
        // Places are never closed.
        let Ok(Ok(_place)) = place else {
            return Err(Failure::NoPlace);
        };
        let _in_use = InUse::new(self.name);
        self.repeated(work).await
    }

    async fn repeated<T, F>(&self, work: &mut impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut waits = ExponentialBuilder::new()
            .with_jitter()
            .with_min_delay(FIRST_WAIT)
            .with_max_delay(LONGEST_WAIT)
            .with_max_times(self.policy.attempts.saturating_sub(1))
            .build();
        self.budget.earn();
        let mut failure = match self.attempt(work).await {
            Ok(value) => return Ok(value),
            Err(failure) => failure,
        };
        while failure.is_retryable()
            && let Some(wait) = waits.next()
        {
            // Whoever comes back after the deadline, or to a closed door, comes back in vain.
            if self.breaker.is_open() || deadline::remaining().is_some_and(|left| left <= wait) {
                break;
            }
            if !self.budget.spend() {
                metrics::counter!("dependency_retry_budget_exhausted_total", "dependency" => self.name)
                    .increment(1);
                break;
            }
            tokio::time::sleep(wait).await;
            metrics::counter!("dependency_retries_total", "dependency" => self.name).increment(1);
            failure = match self.attempt(work).await {
                Ok(value) => return Ok(value),
                // That the breaker opened meanwhile is no reason; what opened it is.
                Err(Failure::BreakerOpen) => break,
                Err(failure) => failure,
            };
        }
        Err(failure)
    }

    async fn attempt<T, F>(&self, work: &mut impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        if deadline::is_over() {
            return Err(Failure::TimedOut);
        }
        let pass = self.breaker.pass().ok_or(Failure::BreakerOpen)?;
        let ended = match deadline::within(self.policy.timeout, work()).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Failure::Failed(error)),
            Err(Elapsed) => Err(Failure::TimedOut),
        };
        pass.ended(ended.as_ref().is_err_and(Failure::is_retryable));
        ended
    }
}

/// Why a call has no answer.
#[derive(Debug)]
enum Failure {
    Failed(CallError),
    TimedOut,
    BreakerOpen,
    NoPlace,
}

impl Failure {
    /// Whether the dependency failed, so that another attempt may go better.
    fn is_retryable(&self) -> bool {
        match self {
            Self::Failed(error) => error.is_retryable,
            Self::TimedOut => true,
            Self::BreakerOpen | Self::NoPlace => false,
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Failed(_) => "failed",
            Self::TimedOut => "timed_out",
            Self::BreakerOpen => "rejected_by_breaker",
            Self::NoPlace => "rejected_by_bulkhead",
        }
    }

    fn into_error(self, dependency: &'static str) -> Error {
        match self {
            Self::Failed(error) if !error.is_retryable => {
                let source = error.source.context(dependency);
                return match source.downcast::<Error>() {
                    Ok(error) => error,
                    Err(source) => Error::internal(source),
                };
            }
            Self::Failed(error) => {
                tracing::warn!(
                    dependency,
                    error = format!("{:#}", error.source),
                    "a call failed"
                );
            }
            Self::TimedOut => tracing::warn!(dependency, "a call took too long"),
            // Rejections are many and cheap; the breaker has said why, and the metrics say how many.
            Self::BreakerOpen | Self::NoPlace => {}
        }
        unanswered()
    }
}

/// The deadline tells whether there is time left to ask again.
fn unanswered() -> Error {
    if deadline::is_over() {
        Error::Timeout
    } else {
        Error::Unavailable
    }
}

#[cfg(test)]
mod tests;
