//! Tokens that are good for nothing any more are kept for a while, so that whoever sends one again is told why, and then go. So do
//! sign-ins that waited for a second factor, ceremonies of passkeys that nobody ended, and ways to providers of identities.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// What goes a day after `expires_at`, with its key.
const TABLES: [(&str, &str); 4] = [
    ("account_token", "hash"),
    ("sign_in_challenge", "hash"),
    ("passkey_ceremony", "hash"),
    ("oidc_request", "state_hash"),
];

/// Deletes them a day after their time.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepTokens {}

impl Job for SweepTokens {
    const KIND: &'static str = "accounts.sweep_tokens";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let before = time::from_now(attempt.database.backend(), "-86400");
        for (table, key) in TABLES {
            let sql = format!(
                "DELETE FROM {table} WHERE {key} IN \
                 (SELECT {key} FROM {table} WHERE expires_at <= {before} ORDER BY expires_at LIMIT {BATCH})"
            );
            sweep(attempt, &sql).await?;
        }
        Ok(())
    }
}
