//! Texts that several processes tell each other through Redis, by their hashes.
//!
//! Who sends texts may be anyone, so a process tells only so many bytes in a while: a flood fills Redis no faster than that.

use super::{
    hash::TextHash,
    shared::{Redis, Script},
};
use crate::error::Result;
use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;

/// How long a text is kept that nobody asks for, in seconds.
const KEPT_SECONDS: i64 = 24 * 60 * 60;
/// How many bytes a process tells at once, and how long they take to come back.
const ALLOWANCE: usize = 64 * 1_024;
const ALLOWANCE_RETURNS: Duration = Duration::from_secs(60);
/// How many look for a text at once. More are told that there is none, and leave Redis to others.
const LOOKING: usize = 8;

/// How often it is tried to tell one, and how long is waited in between: the first time Redis may only be connected to.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(500);

static FIND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("shared_texts/find.lua")));
static KEEP: LazyLock<Script> =
    LazyLock::new(|| Script::new("return redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])"));

/// The texts of one kind.
#[derive(Clone, Debug)]
pub(crate) struct SharedTexts(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    redis: Arc<Redis>,
    kind: &'static str,
    looking: Semaphore,
    told: Mutex<Told>,
}

impl SharedTexts {
    /// The texts of this kind in `redis`.
    pub(crate) fn new(redis: Arc<Redis>, kind: &'static str) -> Self {
        Self(Arc::new(Shared {
            redis,
            kind,
            looking: Semaphore::new(LOOKING),
            told: Mutex::default(),
        }))
    }

    /// The text of this hash; nothing where there is none, or Redis does not answer in time.
    ///
    /// # Errors
    /// Internal inside a database transaction, which would wait for the network.
    pub(crate) async fn find(&self, hash: TextHash) -> Result<Option<String>> {
        let Ok(_place) = self.0.looking.try_acquire() else {
            return Ok(None);
        };
        let (redis, name) = (&self.0.redis, self.name(hash));
        let found = redis.ask::<Option<String>>(&FIND, &name, &[KEPT_SECONDS]);
        // Whoever may write to Redis must not choose what a hash stands for.
        let is_it = |text: &String| TextHash::of(text) == hash;
        Ok(found.await?.flatten().filter(is_it))
    }

    /// Tells the others of `text`, as far as the allowance goes; nobody waits for it.
    pub(crate) fn keep(&self, hash: TextHash, text: Arc<str>) {
        let told = &self.0.told;
        let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.takes(text.len(), Instant::now()) {
            return;
        }
        drop(told);
        let (shared, name) = (self.clone(), self.name(hash));
        #[expect(
            clippy::disallowed_methods,
            reason = "it goes on when its request is over, and asks no database"
        )]
        tokio::spawn(async move {
            let seconds = KEPT_SECONDS.to_string();
            let arguments = [&*text, &seconds];
            for _ in 0..TRIES {
                let told = shared.0.redis.ask::<()>(&KEEP, &name, &arguments);
                // Whoever finds nothing there asks for the text itself.
                if matches!(told.await, Ok(Some(()))) {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    fn name(&self, hash: TextHash) -> String {
        format!("tradewind:{}:{hash}", self.0.kind)
    }
}

/// How much was told of late.
#[derive(Debug, Default)]
struct Told {
    bytes: usize,
    since: Option<Instant>,
}

impl Told {
    fn takes(&mut self, bytes: usize, now: Instant) -> bool {
        let is_past = |since| now.saturating_duration_since(since) >= ALLOWANCE_RETURNS;
        if self.since.is_none_or(is_past) {
            *self = Self {
                bytes: 0,
                since: Some(now),
            };
        }
        let sum = self.bytes.saturating_add(bytes);
        let fits = sum <= ALLOWANCE;
        if fits {
            self.bytes = sum;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_in_parts() {
        let mut told = Told::default();
        let now = Instant::now();
        let taken = (0..1_000).filter(|_| told.takes(1_000, now)).count();
        assert_eq!(taken, ALLOWANCE / 1_000);
        assert!(told.takes(100, now), "what is small still fits");
        assert!(!told.takes(1_000, now + ALLOWANCE_RETURNS / 2));
        assert!(told.takes(1_000, now + ALLOWANCE_RETURNS));
    }
}
