//! The failures that one process knows of.

use super::{Step, ThrottlePolicy};
use chrono::{DateTime, TimeDelta, Utc};
use moka::{ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use std::time::Duration;

/// Most keys that are remembered. Whoever floods it with keys makes it forget the oldest, and not grow.
const MOST_KEYS: u64 = 100_000;

/// Failures under one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failures {
    pub(super) count: u32,
    /// Nothing is let through before.
    until: DateTime<Utc>,
    /// Those that were counted while nobody else could be told.
    pub(super) unheard: u32,
}

impl Failures {
    pub(super) fn none(now: DateTime<Utc>) -> Self {
        Self {
            count: 0,
            until: now,
            unheard: 0,
        }
    }

    /// How long there is still to wait.
    pub(super) fn wait(&self, now: DateTime<Utc>) -> Duration {
        (self.until - now).to_std().unwrap_or_default()
    }
}

/// Failures by key.
#[derive(Clone, Debug)]
pub(super) struct Memory(Cache<String, Failures>);

impl Memory {
    pub(super) fn new(forget: Duration) -> Self {
        let failures = Cache::builder()
            .max_capacity(MOST_KEYS)
            // By default a new key would have to be asked for often before an old one makes room.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(forget)
            .build();
        Self(failures)
    }

    pub(super) fn get(&self, key: &str, now: DateTime<Utc>) -> Failures {
        self.0.get(key).unwrap_or(Failures::none(now))
    }

    /// What the process says by itself, counting what it cannot tell. Of several at once each counts.
    pub(super) fn step(
        &self,
        policy: &ThrottlePolicy,
        key: &str,
        step: Step,
        is_shared: bool,
        now: DateTime<Utc>,
    ) -> Duration {
        let mut before = Duration::ZERO;
        self.0.entry_by_ref(key).and_compute_with(|entry| {
            let known = entry.map_or(Failures::none(now), moka::Entry::into_value);
            before = known.wait(now);
            match step {
                Step::Forget => Op::Remove,
                Step::Begin if !before.is_zero() => Op::Nop,
                Step::Look => Op::Nop,
                Step::Begin | Step::Fail => {
                    let count = known.count.saturating_add(1);
                    let wait = TimeDelta::from_std(policy.wait_after(count));
                    Op::Put(Failures {
                        count,
                        until: now + wait.unwrap_or(TimeDelta::MAX),
                        unheard: known.unheard + u32::from(is_shared),
                    })
                }
            }
        });
        before
    }

    /// What all processes together say.
    pub(super) fn learn(&self, key: &str, count: u32, wait: Duration, now: DateTime<Utc>) {
        if count == 0 {
            self.0.invalidate(key);
            return;
        }
        let until = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        let unheard = 0;
        self.0.insert(
            key.to_owned(),
            Failures {
                count,
                until,
                unheard,
            },
        );
    }

    /// How many keys are remembered.
    pub(super) fn keys(&self) -> u64 {
        self.0.run_pending_tasks();
        self.0.entry_count()
    }
}
