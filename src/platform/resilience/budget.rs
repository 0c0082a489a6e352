//! How many retries a dependency is worth: a share of the calls to it, so that one that is down is not asked several
//! times as often as one that is well (Site Reliability Engineering, chapters 21 and 22).

use std::sync::atomic::{AtomicU32, Ordering};

/// What a first attempt earns and a retry costs, in tenths: retries add a tenth to the load in the long run.
const EARNED: u32 = 1;
const COST: u32 = 10;
/// Most that is saved up: ten retries, enough for a connection that broke.
const MOST: u32 = 10 * COST;

/// The retries that are left, in tenths. Starts full, so that a process that just began can retry too.
#[derive(Debug)]
pub(super) struct Budget(AtomicU32);

impl Budget {
    pub(super) const fn new() -> Self {
        Self(AtomicU32::new(MOST))
    }

    /// A call was made for the first time.
    pub(super) fn earn(&self) {
        let add = |saved: u32| (saved < MOST).then_some(saved + EARNED);
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Whether a call may be made again; pays for it if so.
    pub(super) fn spend(&self) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |saved| {
                saved.checked_sub(COST)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_calls_earn_a_retry() {
        let budget = Budget::new();
        let saved = (0..100).take_while(|_| budget.spend()).count();
        assert_eq!(saved, 10);
        for _ in 0..9 {
            budget.earn();
        }
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
        assert!(!budget.spend());
    }

    #[test]
    fn savings_have_an_end() {
        let budget = Budget::new();
        for _ in 0..10_000 {
            budget.earn();
        }
        let saved = (0..100).take_while(|_| budget.spend()).count();
        assert_eq!(saved, 10);
    }
}
