//! Holding off those who guess: after a few failures under one key each further one costs a wait, twice as long as the
//! one before (as Keycloak's brute-force detection does; OWASP ASVS 5, 6.3.1).
//!
//! Kept in the process, and bounded: whoever floods it with keys makes it forget keys, oldest first, and not grow.

use chrono::{DateTime, TimeDelta, Utc};
use moka::{ops::compute::Op, sync::Cache};
use std::time::Duration;

/// Most keys that are remembered.
const MOST_KEYS: u64 = 100_000;

/// How failures are answered.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// So many failures cost nothing: people mistype.
    pub free: u32,
    /// The wait after the next one.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// Failures are forgotten when there was none for this long.
    pub forget: Duration,
}

/// Failures under one key.
#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    /// Nothing is let through before.
    until: DateTime<Utc>,
}

/// Counts failures by key.
#[derive(Clone, Debug)]
pub struct Throttle {
    policy: ThrottlePolicy,
    failures: Cache<String, Failures>,
}

impl Throttle {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(policy: ThrottlePolicy) -> Self {
        let failures = Cache::builder()
            .max_capacity(MOST_KEYS)
            .time_to_idle(policy.forget)
            .build();
        Self { policy, failures }
    }

    /// How long whoever asks for `key` has still to wait; nothing when it need not.
    #[must_use]
    pub fn wait(&self, key: &str, now: DateTime<Utc>) -> Option<Duration> {
        let failures = self.failures.get(key)?;
        (failures.until - now)
            .to_std()
            .ok()
            .filter(|wait| !wait.is_zero())
    }

    /// Counts a failure under `key`. Of several at once each counts.
    pub fn failed(&self, key: &str, now: DateTime<Utc>) {
        self.failures.entry_by_ref(key).and_compute_with(|entry| {
            let count = entry.map_or(0, |entry| entry.into_value().count) + 1;
            let until = now + self.wait_after(count);
            Op::Put(Failures { count, until })
        });
    }

    /// Forgets the failures under `key`: whoever asked was who it said.
    pub fn succeeded(&self, key: &str) {
        self.failures.invalidate(key);
    }

    fn wait_after(&self, failures: u32) -> TimeDelta {
        let Some(beyond) = failures.checked_sub(self.policy.free + 1) else {
            return TimeDelta::zero();
        };
        let wait = self.policy.first.saturating_mul(1 << beyond.min(20));
        TimeDelta::from_std(wait.min(self.policy.longest)).unwrap_or(TimeDelta::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(ThrottlePolicy {
            free: 3,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            forget: Duration::from_secs(3_600),
        })
    }

    #[test]
    fn waits_begin_after_a_few_failures_and_double() {
        let (throttle, now) = (throttle(), DateTime::<Utc>::UNIX_EPOCH);
        let waits: Vec<_> = (0..12)
            .map(|_| {
                throttle.failed("a", now);
                throttle.wait("a", now).map_or(0, |wait| wait.as_secs())
            })
            .collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(throttle.wait("b", now), None);
        assert_eq!(throttle.wait("a", now + TimeDelta::seconds(60)), None);
        throttle.succeeded("a");
        throttle.failed("a", now);
        assert_eq!(throttle.wait("a", now), None);
    }

    #[test]
    fn failures_at_once_all_count() {
        let (throttle, now) = (throttle(), DateTime::<Utc>::UNIX_EPOCH);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| throttle.failed("a", now));
            }
        });
        assert_eq!(throttle.wait("a", now), Some(Duration::from_secs(16)));
    }
}
