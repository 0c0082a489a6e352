//! Events that were handed on are kept for a while, for listeners that come back.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};

/// Deletes events that happened longer ago than the setting `OUTBOX_RETENTION_HOURS` says, never such as still wait to
/// be handed on.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepEvents {}

impl Job for SweepEvents {
    const KIND: &'static str = "outbox.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let seconds = i64::from(attempt.settings.outbox_retention_hours) * 3_600;
        let (db, backend) = (attempt.database.write(), attempt.database.backend());
        // From the beginning of the feed up to the first that is to be kept, so that what is left has no gaps.
        let bound = format!(
            "SELECT coalesce( \
               (SELECT feed_position FROM outbox_event WHERE feed_position IS NOT NULL AND occurred_at >= {} \
                ORDER BY feed_position LIMIT 1), \
               (SELECT last_position + 1 FROM outbox_feed)) AS bound",
            time::from_now(backend, &format!("-{seconds}"))
        );
        let row = db
            .query_one_raw(Statement::from_string(backend, bound))
            .await?;
        let bound: i64 = row
            .map(|row| row.try_get("", "bound"))
            .transpose()?
            .unwrap_or_default();
        let delete = format!(
            "DELETE FROM outbox_event WHERE position IN \
             (SELECT position FROM outbox_event WHERE feed_position < {bound} ORDER BY feed_position LIMIT {BATCH})"
        );
        sweep(attempt, &delete).await
    }
}
