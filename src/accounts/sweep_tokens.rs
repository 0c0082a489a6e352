//! Tokens that are good for nothing any more are kept for a while, so that whoever sends one again is told why, and then go.

use crate::{
    error::Result,
    jobs::{Attempt, Job, Queue},
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

/// Rows of one statement: none holds its locks for long.
const BATCH: i64 = 1_000;

/// Deletes tokens a day after their time.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepTokens {}

impl Job for SweepTokens {
    const KIND: &'static str = "accounts.sweep_tokens";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let sql = "DELETE FROM account_token WHERE hash IN \
                   (SELECT hash FROM account_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
        let before = attempt.clock.now() - TimeDelta::days(1);
        loop {
            let values = [before.into(), BATCH.into()];
            let backend = attempt.database.backend();
            let delete = Statement::from_sql_and_values(backend, sql, values);
            let deleted = attempt.database.write().execute_raw(delete).await?;
            if deleted.rows_affected() < BATCH.unsigned_abs() || attempt.is_stopping() {
                return Ok(());
            }
        }
    }
}
