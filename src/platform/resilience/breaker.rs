//! A breaker: a dependency that fails is left alone for a while, then tried with a single call.
//!
//! Ours rather than the crate recloser, which lets everyone through while it is half-open, cannot be asked for its
//! state, and goes by a clock that tests cannot move.

use super::BreakerPolicy;
use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::time::Instant;

/// What a breaker knows.
#[derive(Debug)]
enum State {
    /// Calls pass; the newest outcomes are kept, true where they failed.
    Closed(VecDeque<bool>),
    /// Nothing passes until then.
    Open(Instant),
    /// One call at a time passes, to see whether the dependency is well again.
    HalfOpen { is_probed: bool },
}

impl State {
    const CLOSED: Self = Self::Closed(VecDeque::new());

    /// As the gauge shows it.
    fn code(&self) -> f64 {
        match self {
            Self::Closed(_) => 0.0,
            Self::HalfOpen { .. } => 1.0,
            Self::Open(_) => 2.0,
        }
    }
}

/// Decides which calls to one dependency pass.
#[derive(Debug)]
pub(super) struct Breaker {
    dependency: &'static str,
    policy: BreakerPolicy,
    /// The state, and how often it has changed: what began under an earlier one says nothing about this one.
    current: Mutex<(State, u64)>,
}

impl Breaker {
    pub(super) fn new(dependency: &'static str, policy: BreakerPolicy) -> Self {
        let breaker = Self {
            dependency,
            policy,
            current: Mutex::new((State::CLOSED, 0)),
        };
        breaker.show(&State::CLOSED);
        breaker
    }

    /// Leave to make a call, if there is any.
    pub(super) fn pass(&self) -> Option<Pass<'_>> {
        let mut current = self.lock();
        match &mut current.0 {
            State::Closed(_) => {}
            State::Open(until) if Instant::now() < *until => return None,
            State::Open(_) => self.turn(&mut current, State::HalfOpen { is_probed: true }),
            State::HalfOpen { is_probed: true } => return None,
            State::HalfOpen { is_probed } => *is_probed = true,
        }
        Some(Pass {
            breaker: self,
            era: current.1,
            is_spent: false,
        })
    }

    /// Whether no call would pass now.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.lock().0, State::Open(until) if Instant::now() < until)
    }

    fn record(&self, era: u64, failed: bool) {
        let mut current = self.lock();
        if current.1 != era {
            return;
        }
        let next = match &mut current.0 {
            State::Closed(outcomes) => {
                outcomes.push_back(failed);
                if outcomes.len() > self.policy.window {
                    outcomes.pop_front();
                }
                self.is_too_much(outcomes).then(|| self.opened())
            }
            State::HalfOpen { .. } if failed => Some(self.opened()),
            State::HalfOpen { .. } => Some(State::CLOSED),
            State::Open(_) => None,
        };
        if let Some(next) = next {
            self.turn(&mut current, next);
        }
    }

    /// A window that is not full says too little.
    fn is_too_much(&self, outcomes: &VecDeque<bool>) -> bool {
        let failed = outcomes.iter().filter(|failed| **failed).count();
        #[expect(clippy::cast_precision_loss, reason = "a window is a handful of calls")]
        let rate = failed as f64 / outcomes.len() as f64;
        outcomes.len() >= self.policy.window && rate >= self.policy.error_rate
    }

    fn opened(&self) -> State {
        State::Open(Instant::now() + self.policy.open_wait)
    }

    /// A probe was given up without an outcome; the next call may be one.
    fn give_back(&self, era: u64) {
        let mut current = self.lock();
        if current.1 == era
            && let State::HalfOpen { is_probed } = &mut current.0
        {
            *is_probed = false;
        }
    }

    fn turn(&self, current: &mut (State, u64), next: State) {
        let dependency = self.dependency;
        match &next {
            State::Open(_) => tracing::warn!(dependency, "calls fail too often and are stopped"),
            State::HalfOpen { .. } => tracing::info!(dependency, "a call is tried again"),
            State::Closed(_) => tracing::info!(dependency, "calls succeed again"),
        }
        self.show(&next);
        *current = (next, current.1 + 1);
    }

    fn show(&self, state: &State) {
        metrics::gauge!("breaker_state", "dependency" => self.dependency).set(state.code());
    }

    fn lock(&self) -> MutexGuard<'_, (State, u64)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to make one call. Dropped without an outcome, it counts for nothing.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    era: u64,
    is_spent: bool,
}

impl Pass<'_> {
    /// The call ended, and the dependency failed or did not.
    pub(super) fn ended(mut self, failed: bool) {
        self.is_spent = true;
        self.breaker.record(self.era, failed);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if !self.is_spent {
            self.breaker.give_back(self.era);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const OPEN_WAIT: Duration = Duration::from_secs(10);

    fn breaker() -> Breaker {
        let policy = BreakerPolicy {
            error_rate: 0.5,
            window: 4,
            open_wait: OPEN_WAIT,
        };
        Breaker::new("test", policy)
    }

    fn calls(breaker: &Breaker, outcomes: &[bool]) {
        for failed in outcomes {
            breaker.pass().expect("it is closed").ended(*failed);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn opens_when_half_of_the_newest_calls_fail() {
        let breaker = breaker();
        calls(&breaker, &[false, true, false, false, false, true, false]);
        calls(&breaker, &[true]);
        assert!(breaker.pass().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_window_that_is_not_full_says_nothing() {
        let breaker = breaker();
        calls(&breaker, &[true, true, true]);
        assert!(breaker.pass().is_some());
        calls(&breaker, &[true]);
        assert!(breaker.pass().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_decides() {
        let breaker = breaker();
        calls(&breaker, &[true; 4]);
        tokio::time::advance(OPEN_WAIT / 2).await;
        assert!(breaker.pass().is_none());

        tokio::time::advance(OPEN_WAIT / 2).await;
        let probe = breaker.pass().expect("a probe");
        assert!(breaker.pass().is_none(), "one at a time");
        probe.ended(true);
        assert!(breaker.pass().is_none(), "it opened again");

        tokio::time::advance(OPEN_WAIT).await;
        breaker.pass().expect("a probe").ended(false);
        // Closed, and what was before is forgotten.
        calls(&breaker, &[true; 3]);
        assert!(breaker.pass().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_is_given_up_makes_way_for_the_next() {
        let breaker = breaker();
        calls(&breaker, &[true; 4]);
        tokio::time::advance(OPEN_WAIT).await;
        drop(breaker.pass().expect("a probe"));
        let probe = breaker.pass().expect("another probe");
        assert!(breaker.pass().is_none());
        probe.ended(false);
        assert!(breaker.pass().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_began_before_decides_nothing() {
        let breaker = breaker();
        let (slow, slower) = (breaker.pass().unwrap(), breaker.pass().unwrap());
        calls(&breaker, &[true; 4]);
        slow.ended(false);
        assert!(breaker.pass().is_none(), "still open");
        tokio::time::advance(OPEN_WAIT).await;
        let probe = breaker.pass().expect("a probe");
        slower.ended(true);
        assert!(breaker.pass().is_none(), "still probed");
        probe.ended(false);
        assert!(breaker.pass().is_some());
    }
}
