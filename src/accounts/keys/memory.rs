//! What a server remembers of keys, so that not every request asks the database.

use crate::caller::Person;
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::ApiKeyId;
use moka::sync::Cache;
use std::{sync::Arc, time::Duration};

/// For how long it is remembered whose a key is. What makes one no longer good is to be felt everywhere within five seconds,
/// and asking takes time too.
const REMEMBERED: TimeDelta = TimeDelta::seconds(4);
/// Of so many keys.
const CAPACITY: u64 = 100_000;
/// How often it is written down that a key is used.
pub(super) const USE_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Whose keys were a moment ago.
pub(crate) struct Memory {
    standings: Cache<String, Standing>,
    uses: Cache<ApiKeyId, DateTime<Utc>>,
}

/// What there was behind a prefix at a time; nothing where no key had it that was good.
#[derive(Clone)]
pub(super) struct Standing {
    pub(super) known: Option<Arc<Known>>,
    asked_at: DateTime<Utc>,
}

/// A key that is good.
pub(super) struct Known {
    pub(super) id: ApiKeyId,
    /// SHA-256 of the key.
    pub(super) hash: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) last_used_at: Option<DateTime<Utc>>,
    /// As whom its bearer acts.
    pub(super) person: Person,
}

impl Default for Memory {
    fn default() -> Self {
        // Measured by the clock that tests set, below; this only keeps the memory small.
        let kept = |kept: TimeDelta| Duration::from_secs(kept.num_seconds().unsigned_abs());
        Self {
            standings: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(kept(REMEMBERED))
                .build(),
            uses: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(kept(USE_NOTED_EVERY))
                .build(),
        }
    }
}

impl Memory {
    /// What is behind the prefix, as far as it is remembered at `now`.
    pub(super) fn standing(&self, prefix: &str, now: DateTime<Utc>) -> Option<Standing> {
        let standing = self.standings.get(prefix)?;
        let age = now - standing.asked_at;
        (TimeDelta::zero() <= age && age < REMEMBERED).then_some(standing)
    }

    /// Remembers what was behind the prefix when the question was asked.
    pub(super) fn remember(
        &self,
        prefix: &str,
        known: Option<Arc<Known>>,
        asked_at: DateTime<Utc>,
    ) {
        let standing = Standing { known, asked_at };
        self.standings.insert(prefix.to_owned(), standing);
    }

    /// To be asked anew: for whoever changed the keys with these prefixes, after the commit.
    pub(crate) fn forget(&self, prefixes: &[String]) {
        for prefix in prefixes {
            self.standings.invalidate(prefix);
        }
    }

    /// Whether it is time to write down that the key is used. Who is told so is to do it.
    pub(super) fn is_use_due(&self, key: &Known, now: DateTime<Utc>) -> bool {
        let noted = self.uses.get(&key.id).max(key.last_used_at);
        let is_due = noted.is_none_or(|noted| noted <= now - USE_NOTED_EVERY);
        if is_due {
            self.uses.insert(key.id, now);
        }
        is_due
    }
}
