//! Messages of providers are kept for as long as they may come again.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue, sweep},
    platform::database::time,
};
use serde::{Deserialize, Serialize};

/// For so many days: providers send for a few.
const DAYS: i64 = 30;

/// Deletes messages that came longer ago.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepPaymentEvents {}

impl Job for SweepPaymentEvents {
    const KIND: &'static str = "payments.sweep_events";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let since = time::from_now(
            attempt.database.backend(),
            &format!("-{}", DAYS * 24 * 3_600),
        );
        let sql = format!(
            "DELETE FROM payment_event WHERE id IN (SELECT id FROM payment_event \
             WHERE received_at < {since} AND processed_at IS NOT NULL ORDER BY received_at LIMIT {BATCH})"
        );
        sweep(attempt, &sql).await
    }
}
