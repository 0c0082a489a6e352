//! Jobs that are over are kept for a while, for those who wonder what became of them; dead letters until a person has
//! decided about them.

use super::{Attempt, Job, Queue};
use crate::{error::Result, platform::database::time};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

/// Rows of one statement: none holds its locks for long.
const BATCH: u64 = 1_000;

/// Deletes jobs that succeeded or were discarded longer ago than the setting `JOBS_RETENTION_HOURS` says.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepJobs {}

impl Job for SweepJobs {
    const KIND: &'static str = "jobs.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let seconds = i64::from(attempt.settings.jobs_retention_hours) * 3_600;
        let backend = attempt.database.backend();
        let sql = format!(
            "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state IN ('DONE', 'DISCARDED') AND finished_at < {} \
             ORDER BY finished_at LIMIT {BATCH})",
            time::from_now(backend, &format!("-{seconds}")),
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
