//! Keys are kept for a day, for clients that were cut off; then they are anyone's again.

use crate::{
    error::Result,
    jobs::{Attempt, Job, Queue},
    platform::database::time,
};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

/// Rows of one statement: none holds its locks for long.
const BATCH: u64 = 1_000;

/// Deletes keys whose time is over, see the setting `IDEMPOTENCY_RETENTION_HOURS`.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepKeys {}

impl Job for SweepKeys {
    const KIND: &'static str = "idempotency.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let backend = attempt.database.backend();
        let now = time::now(backend);
        let sql = format!(
            "DELETE FROM idempotency_key WHERE leased_until <= {now} AND (actor, operation, key) IN \
             (SELECT actor, operation, key FROM idempotency_key WHERE expires_at <= {now} AND leased_until <= {now} \
              ORDER BY expires_at LIMIT {BATCH})"
        );
        loop {
            let delete = Statement::from_string(backend, sql.as_str());
            let deleted = attempt.database.write().execute_raw(delete).await?;
            if deleted.rows_affected() < BATCH || attempt.is_stopping() {
                return Ok(());
            }
        }
    }
}
