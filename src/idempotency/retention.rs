//! Keys are kept for a day, for clients that were cut off; then they are anyone's again.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

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
        sweep(attempt, &sql).await
    }
}
