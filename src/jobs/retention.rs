//! Jobs that are over are kept for a while, for those who wonder what became of them; dead letters until a person has
//! decided about them.

use super::{Attempt, BATCH, Job, Queue, sweep};
use crate::{error::Result, platform::database::time};
use serde::{Deserialize, Serialize};

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
        sweep(attempt, &sql).await
    }
}
