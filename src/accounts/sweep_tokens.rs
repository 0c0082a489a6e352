//! Tokens that are good for nothing any more are kept for a while, so that whoever sends one again is told why, and then go.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// Deletes tokens a day after their time.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepTokens {}

impl Job for SweepTokens {
    const KIND: &'static str = "accounts.sweep_tokens";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let before = time::from_now(attempt.database.backend(), "-86400");
        let sql = format!(
            "DELETE FROM account_token WHERE hash IN \
             (SELECT hash FROM account_token WHERE expires_at <= {before} ORDER BY expires_at LIMIT {BATCH})"
        );
        sweep(attempt, &sql).await
    }
}
