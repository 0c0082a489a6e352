//! Sagas that are over are kept for a while, for those who wonder what happened.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// For so many days.
const DAYS: i64 = 90;

/// Deletes sagas that were over longer ago, with their steps.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepSagas {}

impl Job for SweepSagas {
    const KIND: &'static str = "sagas.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let since = time::from_now(
            attempt.database.backend(),
            &format!("-{}", DAYS * 24 * 3_600),
        );
        let sql = format!(
            "DELETE FROM saga WHERE id IN (SELECT id FROM saga WHERE ended_at < {since} ORDER BY ended_at LIMIT {BATCH})"
        );
        sweep(attempt, &sql).await
    }
}
