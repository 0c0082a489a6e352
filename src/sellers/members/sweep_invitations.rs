//! Invitations that nobody accepted in time go.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// Deletes invitations whose time is over.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepInvitations {}

impl Job for SweepInvitations {
    const KIND: &'static str = "sellers.sweep_invitations";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let now = time::now(attempt.database.backend());
        let sql = format!(
            "DELETE FROM seller_invitation WHERE id IN \
             (SELECT id FROM seller_invitation WHERE expires_at <= {now} ORDER BY expires_at LIMIT {BATCH})"
        );
        sweep(attempt, &sql).await
    }
}
