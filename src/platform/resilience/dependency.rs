//! The way to call anything over a network.
//!
//! Each service that is called has one [`Dependency`], made once and kept by its adapter. A call waits for one of its
//! places, is stopped when it takes too long, is repeated when that may help and the budget allows it, and is not
//! made at all while the service fails.

use super::{
    breaker::Breaker,
    budget::Budget,
    deadline::{self, Elapsed},
};
use crate::{
    error::{Error, Result},
    platform::database::transactions,
};
use backon::{BackoffBuilder, ExponentialBuilder};
use std::{
    fmt::Display,
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// The first wait before a call is repeated; each later one is twice as long. Up to as much again is added by chance,
/// so that those who failed together do not come back together.
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How a dependency is called.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How long one attempt may take. The deadline of the work at hand may leave less.
    pub timeout: Duration,
    /// Most attempts, the first included. More than one only where repeating is harmless: reads, and writes that carry
    /// an idempotency key.
    pub attempts: usize,
    /// Most calls at once: its share of our connections, memory and patience.
    pub concurrency: usize,
    /// How long a call waits for one of those places.
    pub queue_wait: Duration,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
}

/// When a dependency is left alone.
#[derive(Clone, Copy, Debug)]
pub struct BreakerPolicy {
    /// Which part of the newest calls must have failed, from 0 to 1.
    pub error_rate: f64,
    /// How many of the newest calls are looked at.
    pub window: usize,
    /// For how long it is left alone, before a single call tries whether it is well again.
    pub open_wait: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            attempts: 3,
            concurrency: 16,
            queue_wait: Duration::from_millis(200),
            breaker: BreakerPolicy::default(),
        }
    }
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            error_rate: 0.5,
            window: 10,
            open_wait: Duration::from_secs(5),
        }
    }
}

/// Why one attempt failed, said by the adapter that made it.
#[derive(Debug)]
pub struct CallError {
    is_retryable: bool,
    source: anyhow::Error,
}

impl CallError {
    /// The service did not do its part: no connection, no sense in its answer, a status of 429 or 5xx.
    pub fn retryable(source: impl Into<anyhow::Error>) -> Self {
        Self {
            is_retryable: true,
            source: source.into(),
        }
    }

    /// The service is well and will say the same again: a status of 4xx. An [`Error`] reaches the caller as it is;
    /// anything else is a fault of ours.
    pub fn refused(source: impl Into<anyhow::Error>) -> Self {
        Self {
            is_retryable: false,
            source: source.into(),
        }
    }
}

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

    /// Calls the service: `work` makes one attempt, and may be run several times.
    ///
    /// # Errors
    /// What [`CallError::refused`] says; Timeout when the deadline of the work at hand came first; Unavailable in all
    /// other cases; Internal inside a database transaction, which would be held open for as long as the network likes.
    pub async fn call<T>(&self, work: impl AsyncFn() -> Result<T, CallError>) -> Result<T> {
        if transactions::is_open() {
            return Err(Error::internal(anyhow::anyhow!(
                "{} was called inside a database transaction",
                self.name
            )));
        }
        let mut measured = Measured::new(self.name);
        let ended = self.in_its_place(&work).await;
        measured.outcome = ended.as_ref().map_or_else(Failure::outcome, |_| "ok");
        ended.map_err(|failure| failure.into_error(self.name))
    }

    async fn in_its_place<T>(
        &self,
        work: &impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, Failure> {
        let place = deadline::within(self.policy.queue_wait, self.places.acquire()).await;
        // Places are never closed.
        let Ok(Ok(_place)) = place else {
            return Err(Failure::NoPlace);
        };
        let _in_use = InUse::new(self.name);
        self.repeated(work).await
    }

    async fn repeated<T>(
        &self,
        work: &impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, Failure> {
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
            // Whoever comes back after the deadline comes back in vain.
            if deadline::remaining().is_some_and(|left| left <= wait) {
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

    async fn attempt<T>(
        &self,
        work: &impl AsyncFn() -> Result<T, CallError>,
    ) -> Result<T, Failure> {
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
        let reason: &dyn Display = match self {
            Self::Failed(error) if !error.is_retryable => {
                let source = error.source.context(dependency);
                return match source.downcast::<Error>() {
                    Ok(error) => error,
                    Err(source) => Error::internal(source),
                };
            }
            Self::Failed(ref error) => &format_args!("{:#}", error.source).to_string(),
            Self::TimedOut => &"it did not answer in time",
            // Rejections are many and cheap; the breaker has said why, and the metrics say how many.
            Self::BreakerOpen | Self::NoPlace => return unanswered(),
        };
        tracing::warn!(dependency, error = %reason, "a call failed");
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

/// Counts a call when it ends, also where whoever made it has gone.
struct Measured {
    dependency: &'static str,
    began: Instant,
    outcome: &'static str,
}

impl Measured {
    fn new(dependency: &'static str) -> Self {
        Self {
            dependency,
            began: Instant::now(),
            outcome: "abandoned",
        }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let (dependency, outcome) = (self.dependency, self.outcome);
        metrics::counter!(
            "dependency_calls_total", "dependency" => dependency, "outcome" => outcome
        )
        .increment(1);
        metrics::histogram!("dependency_call_duration_seconds", "dependency" => dependency)
            .record(self.began.elapsed().as_secs_f64());
    }
}

/// Shows that a place is taken.
struct InUse(metrics::Gauge);

impl InUse {
    fn new(dependency: &'static str) -> Self {
        let gauge = metrics::gauge!("bulkhead_in_use", "dependency" => dependency);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::{
        cell::Cell,
        future::pending,
        sync::atomic::{AtomicUsize, Ordering},
    };

    const SECOND: Duration = Duration::from_secs(1);

    /// A breaker that never opens, where it is not what is tested.
    const NO_BREAKER: BreakerPolicy = BreakerPolicy {
        error_rate: 2.0,
        window: 10,
        open_wait: SECOND,
    };

    fn policy() -> Policy {
        Policy {
            timeout: SECOND,
            attempts: 3,
            concurrency: 100,
            queue_wait: SECOND / 10,
            breaker: NO_BREAKER,
        }
    }

    fn broken<T>() -> Result<T, CallError> {
        Err(CallError::retryable(anyhow::anyhow!("connection reset")))
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_go_better_is_tried_again() {
        let dependency = Dependency::new("test", policy());
        let tries = Cell::new(0);
        let answer = dependency
            .call(async || {
                tries.set(tries.get() + 1);
                if tries.get() < 3 {
                    broken()
                } else {
                    Ok("hello")
                }
            })
            .await;
        assert_eq!((answer.unwrap(), tries.get()), ("hello", 3));

        tries.set(0);
        let began = tokio::time::Instant::now();
        let answer: Result<()> = dependency
            .call(async || {
                tries.set(tries.get() + 1);
                broken()
            })
            .await;
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
        assert_eq!(tries.get(), 3);
        // Twice, the second time longer, and no more than doubled by chance.
        let waited = began.elapsed();
        assert!(
            waited >= 3 * FIRST_WAIT && waited <= 6 * FIRST_WAIT + SECOND / 100,
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_go_better_is_not() {
        let dependency = Dependency::new("test", policy());
        let tries = Cell::new(0);
        let answer: Result<()> = dependency
            .call(async || {
                tries.set(tries.get() + 1);
                Err(CallError::refused(anyhow::anyhow!("400 Bad Request")))
            })
            .await;
        assert_eq!(tries.get(), 1);
        let said = answer.unwrap_err().for_operator();
        assert!(said.starts_with("test: 400 Bad Request"), "{said}");

        let answer: Result<()> = dependency
            .call(async || Err(CallError::refused(Error::invalid("card", "It is expired."))))
            .await;
        assert!(matches!(answer, Err(Error::Invalid { .. })), "{answer:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_of_retries_ends_with_the_budget() {
        let dependency = Dependency::new("test", policy());
        let tries = AtomicUsize::new(0);
        let calls = (0..100).map(async |_| {
            let answer: Result<()> = dependency
                .call(async || {
                    tries.fetch_add(1, Ordering::Relaxed);
                    broken()
                })
                .await;
            assert!(matches!(answer, Err(Error::Unavailable)));
        });
        join_all(calls).await;
        // Ten saved up, ten earned.
        let tries = tries.into_inner();
        assert!((101..=120).contains(&tries), "{tries} tries for 100 calls");
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_takes_no_longer_than_the_policy_and_the_deadline_allow() {
        let dependency = Dependency::new(
            "test",
            Policy {
                attempts: 2,
                ..policy()
            },
        );
        let began = tokio::time::Instant::now();
        let answer = dependency
            .call(async || pending::<Result<(), _>>().await)
            .await;
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
        assert!(began.elapsed() >= 2 * SECOND && began.elapsed() < 3 * SECOND);

        let began = tokio::time::Instant::now();
        let tries = Cell::new(0);
        let answer = deadline::within(SECOND / 2, async {
            let call = dependency.call(async || {
                tries.set(tries.get() + 1);
                pending::<Result<(), _>>().await
            });
            call.await
        })
        .await;
        assert!(matches!(answer, Ok(Err(Error::Timeout))), "{answer:?}");
        assert_eq!((began.elapsed(), tries.get()), (SECOND / 2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_comes_back_after_the_deadline() {
        let dependency = Dependency::new("test", policy());
        let tries = Cell::new(0);
        let began = tokio::time::Instant::now();
        let answer: Result<Result<()>, _> = deadline::within(FIRST_WAIT, async {
            let call = dependency.call(async || {
                tries.set(tries.get() + 1);
                broken()
            });
            call.await
        })
        .await;
        assert!(matches!(answer, Ok(Err(Error::Unavailable))), "{answer:?}");
        assert_eq!((began.elapsed(), tries.get()), (Duration::ZERO, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_left_alone_and_tried_with_one_call() {
        let breaker = BreakerPolicy {
            error_rate: 0.5,
            window: 4,
            open_wait: 10 * SECOND,
        };
        let dependency = Dependency::new(
            "test",
            Policy {
                attempts: 1,
                breaker,
                ..policy()
            },
        );
        let tries = AtomicUsize::new(0);
        let hangs = async || {
            let work = async || {
                tries.fetch_add(1, Ordering::Relaxed);
                pending::<Result<(), _>>().await
            };
            dependency.call(work).await
        };
        // What we asked wrongly is no fault of the service's.
        for _ in 0..10 {
            let refused = async || Err::<(), _>(CallError::refused(anyhow::anyhow!("400")));
            assert!(matches!(
                dependency.call(refused).await,
                Err(Error::Internal { .. })
            ));
        }
        for _ in 0..2 {
            assert!(hangs().await.is_err());
        }
        assert_eq!(tries.swap(0, Ordering::Relaxed), 2);
        let began = tokio::time::Instant::now();
        let answer = hangs().await;
        assert!(matches!(answer, Err(Error::Unavailable)), "{answer:?}");
        assert_eq!(
            (began.elapsed(), tries.load(Ordering::Relaxed)),
            (Duration::ZERO, 0)
        );

        tokio::time::advance(10 * SECOND).await;
        let answers = join_all((0..20).map(async |_| hangs().await)).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(tries.load(Ordering::Relaxed), 1, "one probe");

        tokio::time::advance(10 * SECOND).await;
        assert_eq!(dependency.call(async || Ok(1)).await.unwrap(), 1);
        let answers = join_all((0..20).map(|_| dependency.call(async || Ok(1)))).await;
        assert!(answers.iter().all(Result::is_ok));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_dependency_takes_no_more_than_its_share() {
        let slow = Dependency::new(
            "slow",
            Policy {
                concurrency: 4,
                attempts: 1,
                ..policy()
            },
        );
        let at_once = Cell::new(0);
        let most = Cell::new(0);
        let calls = (0..50).map(|_| {
            slow.call(async || {
                at_once.set(at_once.get() + 1);
                most.set(most.get().max(at_once.get()));
                tokio::time::sleep(SECOND / 2).await;
                at_once.set(at_once.get() - 1);
                Ok(())
            })
        });
        let began = tokio::time::Instant::now();
        let answers = join_all(calls).await;
        let answered = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!((most.get(), answered), (4, 4));
        // Whoever found no place was told long before the slow ones ended, and has left none taken.
        assert_eq!(began.elapsed(), SECOND / 2);
        assert_eq!(slow.places.available_permits(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_comes_free_when_the_caller_leaves() {
        let dependency = Dependency::new(
            "test",
            Policy {
                concurrency: 1,
                ..policy()
            },
        );
        let left = tokio::time::timeout(
            SECOND / 20,
            dependency.call(async || pending::<Result<(), _>>().await),
        );
        let (left, waited) = tokio::join!(left, dependency.call(async || Ok(1)));
        assert!(left.is_err());
        assert_eq!(waited.unwrap(), 1);
    }

    #[tokio::test]
    async fn no_call_is_made_inside_a_transaction() {
        let dependency = Dependency::new("test", policy());
        let was_called = Cell::new(false);
        let answer = transactions::scope(dependency.call(async || {
            was_called.set(true);
            Ok(())
        }))
        .await;
        let said = answer.unwrap_err().for_operator();
        assert!(said.contains("inside a database transaction"), "{said}");
        assert!(!was_called.get());
    }

    #[tokio::test(start_paused = true)]
    async fn calls_are_measured() {
        crate::platform::telemetry::init_metrics();
        let breaker = BreakerPolicy {
            error_rate: 0.5,
            window: 2,
            open_wait: SECOND,
        };
        let dependency = Dependency::new(
            "measured",
            Policy {
                attempts: 2,
                breaker,
                ..policy()
            },
        );
        dependency.call(async || Ok(())).await.unwrap();
        for _ in 0..2 {
            let answer: Result<()> = dependency.call(async || broken()).await;
            assert!(answer.is_err());
        }
        let leaves = dependency.call(async || Ok(pending::<()>().await));
        assert!(leaves.await.is_err());

        let text = crate::platform::telemetry::render_metrics();
        for line in [
            r#"dependency_calls_total{dependency="measured",outcome="ok"} 1"#,
            r#"dependency_calls_total{dependency="measured",outcome="failed"} 1"#,
            r#"dependency_calls_total{dependency="measured",outcome="rejected_by_breaker"} 2"#,
            r#"dependency_retries_total{dependency="measured"} 1"#,
            r#"breaker_state{dependency="measured"} 2"#,
            r#"bulkhead_in_use{dependency="measured"} 0"#,
            r#"dependency_call_duration_seconds_count{dependency="measured"} 4"#,
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }
}
