//! Carts that nobody comes back for.

use crate::{
    error::Result,
    jobs::{Attempt, BATCH, Job, Queue},
};
use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, Statement, Value};
use serde::{Deserialize, Serialize};

/// For how long a cart that is over is kept, so that whoever asks for it is told right.
const KEPT: TimeDelta = TimeDelta::days(7);

/// Gives up guests' carts when their time is over, and deletes carts some days after they were given up or merged, and those of people
/// whose accounts are closed. Those that were ordered stay, since orders name them.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct SweepCarts {}

impl Job for SweepCarts {
    const KIND: &'static str = "cart.sweep_carts";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let now = attempt.clock.now();
        let give_up = format!(
            "UPDATE cart SET state = 'ABANDONED', version = version + 1, updated_at = $1 WHERE state = 'ACTIVE' AND id IN \
             (SELECT id FROM cart WHERE state = 'ACTIVE' AND expires_at <= $1 LIMIT {BATCH}) AND expires_at <= $1"
        );
        let delete = format!(
            "DELETE FROM cart WHERE id IN (SELECT id FROM cart \
             WHERE state IN ('MERGED', 'ABANDONED') AND updated_at <= $1 LIMIT {BATCH})"
        );
        let closed = format!(
            "DELETE FROM cart WHERE id IN (SELECT cart.id FROM cart JOIN account ON account.id = cart.customer_id \
             WHERE cart.state <> 'ORDERED' AND account.deleted_at <= $1 LIMIT {BATCH})"
        );
        sweep(attempt, &give_up, now.into()).await?;
        sweep(attempt, &delete, (now - KEPT).into()).await?;
        sweep(attempt, &closed, now.into()).await
    }
}

/// Runs `sql` until it finds no full batch any more, or the worker is to stop.
async fn sweep(attempt: &Attempt, sql: &str, time: Value) -> Result<()> {
    let db = attempt.database.write();
    loop {
        let values = [time.clone()];
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        let swept = db.execute_raw(statement).await?;
        if swept.rows_affected() < BATCH || attempt.is_stopping() {
            return Ok(());
        }
    }
}
