//! The generic cell rate algorithm, kept in the process: of each key one point in time, by which all that was spent will have
//! come back.

use moka::{Expiry, ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use std::time::{Duration, Instant};

/// Most keys that are remembered of one limit. Whoever floods it with keys makes it forget the oldest, and not grow.
const MOST_KEYS: u64 = 100_000;

/// What was spent, by key.
#[derive(Debug)]
pub(super) struct Gcra {
    /// How many may be spent at once.
    most: u32,
    /// After how long there is one more.
    one_in: Duration,
    /// When all that was spent will have come back.
    full_at: Cache<String, Instant>,
}

/// Forgets a key once it has everything again.
struct WhenFull;

impl Expiry<String, Instant> for WhenFull {
    fn expire_after_create(&self, _: &String, full_at: &Instant, now: Instant) -> Option<Duration> {
        Some(full_at.saturating_duration_since(now))
    }

    fn expire_after_update(
        &self,
        _: &String,
        full_at: &Instant,
        now: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(full_at.saturating_duration_since(now))
    }
}

impl Gcra {
    pub(super) fn new(most: u32, one_in: Duration) -> Self {
        let full_at = Cache::builder()
            .max_capacity(MOST_KEYS)
            // By default a new key would have to be asked for often before an old one makes room.
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(WhenFull)
            .build();
        Self {
            most,
            one_in,
            full_at,
        }
    }

    /// How many may be spent at once, and after how long there is one more.
    pub(super) fn numbers(&self) -> (u32, Duration) {
        (self.most, self.one_in)
    }

    /// How long `n` take to come back.
    pub(super) fn cost(&self, n: u32) -> Duration {
        self.one_in.saturating_mul(n)
    }

    /// How long it takes until all that may be spent at once has come back.
    pub(super) fn capacity(&self) -> Duration {
        self.cost(self.most)
    }

    /// How long what `key` has spent takes to come back.
    pub(super) fn spent(&self, key: &str, now: Instant) -> Duration {
        let full_at = self.full_at.get(key);
        full_at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
    }

    /// How long until `cost` could be spent; nothing when it could be now.
    pub(super) fn wait(&self, spent: Duration, cost: Duration) -> Option<Duration> {
        let wait = spent.saturating_add(cost).saturating_sub(self.capacity());
        (!wait.is_zero()).then_some(wait)
    }

    /// Spends `cost`. Of several at once each counts.
    ///
    /// # Errors
    /// The wait, when there is not so much.
    pub(super) fn spend(&self, key: &str, cost: Duration, now: Instant) -> Result<(), Duration> {
        let mut refused = None;
        self.change(key, now, |spent| {
            refused = self.wait(spent, cost);
            refused.is_none().then_some(spent + cost)
        });
        refused.map_or(Ok(()), Err)
    }

    /// Writes down that `cost` was spent, whether there was so much or not.
    pub(super) fn note(&self, key: &str, cost: Duration, now: Instant) {
        self.change(key, now, |spent| Some(spent + cost));
    }

    /// Gives `cost` back.
    pub(super) fn give_back(&self, key: &str, cost: Duration, now: Instant) {
        self.change(key, now, |spent| Some(spent.saturating_sub(cost)));
    }

    fn change(&self, key: &str, now: Instant, to: impl FnOnce(Duration) -> Option<Duration>) {
        self.full_at.entry_by_ref(key).and_compute_with(|entry| {
            let full_at = entry.map_or(now, moka::Entry::into_value);
            match to(full_at.saturating_duration_since(now)) {
                Some(spent) => Op::Put(now + spent),
                None => Op::Nop,
            }
        });
    }

    /// How many keys are remembered.
    pub(super) fn keys(&self) -> u64 {
        self.full_at.run_pending_tasks();
        self.full_at.entry_count()
    }
}
