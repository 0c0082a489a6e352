//! Keys that are long good for nothing are shown for a while, and then go.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// Deletes keys ninety days after they expired. One that was revoked goes then too: it may be shown for a year more.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepKeys {}

impl Job for SweepKeys {
    const KIND: &'static str = "accounts.sweep_keys";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let before = time::from_now(attempt.database.backend(), "-7776000");
        let sql = format!(
            "DELETE FROM api_key WHERE id IN \
             (SELECT id FROM api_key WHERE expires_at <= {before} ORDER BY expires_at LIMIT {BATCH})"
        );
        sweep(attempt, &sql).await
    }
}
