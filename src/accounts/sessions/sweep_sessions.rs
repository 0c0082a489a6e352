//! Sessions and tokens that are long over say nothing to anyone.

use crate::{
    error::Result,
    jobs::{Attempt, Job, Queue},
};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

/// Rows of one statement: none holds its locks for long.
const BATCH: u64 = 1_000;

/// Deletes refresh tokens that nobody could use any more had they not been used, and sessions whose time is over. Until
/// then a token that comes again gives away that it was stolen.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepSessions {}

impl Job for SweepSessions {
    const KIND: &'static str = "accounts.sweep_sessions";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let now = attempt.clock.now();
        let idle = TimeDelta::days(attempt.settings.session_idle_days.into());
        let used = format!(
            "DELETE FROM refresh_token WHERE hash IN \
             (SELECT hash FROM refresh_token WHERE used_at < $1 ORDER BY used_at LIMIT {BATCH})"
        );
        let of_sessions = format!(
            "DELETE FROM refresh_token WHERE hash IN \
             (SELECT t.hash FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE s.expires_at < $1 LIMIT {BATCH})"
        );
        let sessions = format!(
            "DELETE FROM session WHERE id IN \
             (SELECT s.id FROM session s WHERE s.expires_at < $1 \
              AND NOT EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = s.id) ORDER BY s.expires_at LIMIT {BATCH})"
        );
        let a_day_ago = now - TimeDelta::days(1);
        delete(attempt, &used, now - idle).await?;
        delete(attempt, &of_sessions, a_day_ago).await?;
        delete(attempt, &sessions, a_day_ago).await
    }
}

/// Runs `sql` until it finds nothing more.
async fn delete(attempt: &Attempt, sql: &str, before: DateTime<Utc>) -> Result<()> {
    let db = attempt.database.write();
    let backend = attempt.database.backend();
    loop {
        let delete = Statement::from_sql_and_values(backend, sql, [before.into()]);
        let deleted = db.execute_raw(delete).await?.rows_affected();
        if deleted < BATCH || attempt.is_stopping() {
            return Ok(());
        }
    }
}
