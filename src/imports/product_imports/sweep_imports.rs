//! Imports are kept for a while after their end, and those whose file never came go sooner.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// Deletes imports a month after they ended, and a day after their file did not come.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepImports {}

impl Job for SweepImports {
    const KIND: &'static str = "imports.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let backend = attempt.database.backend();
        let (day, month) = (
            time::from_now(backend, "-86400"),
            time::from_now(backend, "-2592000"),
        );
        let over = format!(
            "(state IN ('AWAITING_FILE', 'UPLOADING') AND updated_at <= {day}) OR updated_at <= {month}"
        );
        let pieces = format!(
            "DELETE FROM product_import_chunk WHERE import_id IN \
             (SELECT id FROM product_import WHERE {over} ORDER BY updated_at LIMIT {BATCH})"
        );
        sweep(attempt, &pieces).await?;
        let imports = format!(
            "DELETE FROM product_import WHERE id IN \
             (SELECT id FROM product_import WHERE {over} ORDER BY updated_at LIMIT {BATCH})"
        );
        sweep(attempt, &imports).await
    }
}
