//! Holding off those who guess: after a few failures under one key each further one costs a wait, twice as long as the
//! one before (as Keycloak's brute-force detection does; OWASP ASVS 5, 6.3.1).
//!
//! Counted in the process, and with `REDIS_URL` by all processes together in Redis. Where Redis does not answer, each goes by what
//! it knows, which is what was last said and what it counted since; it tells Redis when that is back.

mod memory;

use super::{
    database::transactions,
    shared::{Redis, Script, name_of},
};
use crate::error::Result;
use chrono::{DateTime, Utc};
use memory::Memory;
use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

static FAILURES: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("throttle/failures.lua")));

/// How failures are answered.
#[derive(Clone, Copy, Debug)]
pub struct ThrottlePolicy {
    /// What fails, in metrics and in Redis.
    pub name: &'static str,
    /// So many failures cost nothing: people mistype.
    pub free: u32,
    /// The wait after the next one.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// Failures are forgotten when there was none for this long.
    pub forget: Duration,
}

impl ThrottlePolicy {
    fn wait_after(&self, failures: u32) -> Duration {
        let Some(beyond) = failures.checked_sub(self.free + 1) else {
            return Duration::ZERO;
        };
        let wait = self.first.saturating_mul(1 << beyond.min(20));
        wait.min(self.longest)
    }
}

/// What is done with the failures under a key; the numbers are those of the script.
#[derive(Clone, Copy, Debug)]
enum Step {
    Look = 0,
    Begin = 1,
    Fail = 2,
    Forget = 3,
}

/// Counts failures by key.
#[derive(Clone, Debug)]
pub struct Throttle {
    policy: ThrottlePolicy,
    here: Memory,
    shared: Option<Arc<Redis>>,
}

/// Each of these may ask over the network, so they are refused inside a transaction, as Internal.
impl Throttle {
    /// One that has seen nothing yet here, and counts together with all who use the same Redis.
    #[must_use]
    pub fn new(policy: ThrottlePolicy, shared: Option<Arc<Redis>>) -> Self {
        let here = Memory::new(policy.forget);
        Self {
            policy,
            here,
            shared,
        }
    }

    /// Begins an attempt under `key`: how long it would have had to wait, or nothing when it may be made. That one is counted as a
    /// failure at once, until [`succeeded`](Self::succeeded): otherwise a hundred that come together would all be the first.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn begin(&self, key: &str, now: DateTime<Utc>) -> Result<Option<Duration>> {
        let wait = self.step(key, Step::Begin, now).await?;
        if wait.is_zero() {
            return Ok(None);
        }
        metrics::counter!("throttled_total", "throttle" => self.policy.name).increment(1);
        Ok(Some(wait))
    }

    /// How long whoever asks for `key` has still to wait; nothing when it need not. Takes as long as [`failed`](Self::failed).
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn wait(&self, key: &str, now: DateTime<Utc>) -> Result<Option<Duration>> {
        let wait = self.step(key, Step::Look, now).await?;
        Ok((!wait.is_zero()).then_some(wait))
    }

    /// Counts a failure under `key` of someone who was to wait. Of several at once each counts.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn failed(&self, key: &str, now: DateTime<Utc>) -> Result<()> {
        self.step(key, Step::Fail, now).await.map(drop)
    }

    /// Forgets the failures under `key`: whoever asked was who it said.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn succeeded(&self, key: &str, now: DateTime<Utc>) -> Result<()> {
        self.step(key, Step::Forget, now).await.map(drop)
    }

    /// How many keys this process remembers.
    #[must_use]
    pub fn keys(&self) -> u64 {
        self.here.keys()
    }

    /// The wait that there was before.
    async fn step(&self, key: &str, step: Step, now: DateTime<Utc>) -> Result<Duration> {
        transactions::refuse("a throttle")?;
        let Some(redis) = &self.shared else {
            return Ok(self.here.step(&self.policy, key, step, false, now));
        };
        let names = [name_of("throttle", self.policy.name, key)];
        let arguments = self.arguments(key, step, now);
        let told = redis.ask::<(u64, u32, u64)>(&FAILURES, &names, &arguments);
        let Some((before, count, wait)) = told.await? else {
            let name = self.policy.name;
            metrics::counter!("limits_counted_alone_total", "limit" => name).increment(1);
            return Ok(self.here.step(&self.policy, key, step, true, now));
        };
        self.here
            .learn(key, count, Duration::from_micros(wait), now);
        Ok(Duration::from_micros(before))
    }

    fn arguments(&self, key: &str, step: Step, now: DateTime<Utc>) -> [i64; 8] {
        let (known, policy) = (self.here.get(key, now), &self.policy);
        let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        [
            step as i64,
            known.unheard.into(),
            known.count.into(),
            micros(known.wait(now)),
            policy.free.into(),
            micros(policy.first),
            micros(policy.longest),
            micros(policy.forget),
        ]
    }
}

#[cfg(test)]
mod tests;
