//! What a server remembers of sessions, so that not every request asks the database.

use crate::{caller::Person, error::Result, platform::signing::Keyring};
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::SessionId;
use moka::sync::Cache;
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

/// For how long it is remembered who is behind a session. What ends one is to be felt everywhere within five seconds, and
/// asking takes time too.
const REMEMBERED: TimeDelta = TimeDelta::seconds(4);
/// Of so many sessions.
const CAPACITY: u64 = 100_000;

/// The keys, and who was behind a session a moment ago.
pub(crate) struct Memory {
    keyring: OnceCell<Arc<Keyring>>,
    standings: Cache<SessionId, Standing>,
}

/// Who was behind a session at a time; nobody where it was over.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) person: Option<Person>,
    asked_at: DateTime<Utc>,
}

impl Default for Memory {
    fn default() -> Self {
        // Measured by the clock that tests set, below; this only keeps the memory small.
        let kept = Duration::from_secs(REMEMBERED.num_seconds().unsigned_abs());
        Self {
            keyring: OnceCell::new(),
            standings: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(kept)
                .build(),
        }
    }
}

impl Memory {
    /// The keys, read by `read` the first time.
    pub(super) async fn keyring(
        &self,
        read: impl AsyncFnOnce() -> Result<Keyring>,
    ) -> Result<Arc<Keyring>> {
        let keyring = self
            .keyring
            .get_or_try_init(async || read().await.map(Arc::new));
        keyring.await.cloned()
    }

    /// Who is behind the session, as far as it is remembered at `now`.
    pub(super) fn standing(&self, id: SessionId, now: DateTime<Utc>) -> Option<Standing> {
        let standing = self.standings.get(&id)?;
        let age = now - standing.asked_at;
        (TimeDelta::zero() <= age && age < REMEMBERED).then_some(standing)
    }

    /// Remembers who was behind the session when the question was asked.
    pub(super) fn remember(&self, id: SessionId, person: Option<Person>, asked_at: DateTime<Utc>) {
        self.standings.insert(id, Standing { person, asked_at });
    }

    /// To be asked anew: for whoever changed these sessions or their people, after the commit.
    pub(crate) fn forget(&self, ids: &[SessionId]) {
        for id in ids {
            self.standings.invalidate(id);
        }
    }
}
