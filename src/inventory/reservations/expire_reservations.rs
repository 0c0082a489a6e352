//! What nobody came for in time is given back.

use super::rows::{Reserved, give_back};
use crate::{
    error::Result,
    inventory::news,
    jobs::{Attempt, Job},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};

/// Reservations of one transaction: those who buy the same wait for no more.
const BATCH: u64 = 100;

/// Gives back what is promised beyond its time.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct ExpireReservations {}

impl Job for ExpireReservations {
    const KIND: &'static str = "inventory.expire_reservations";

    async fn run(self, attempt: &Attempt) -> Result<()> {
        loop {
            let now = attempt.clock.now();
            let skips_locked = attempt.database.capabilities().skip_locked;
            let expired = attempt
                .transaction(async |tx| expire(tx, skips_locked, now).await)
                .await?;
            if expired < BATCH || attempt.is_stopping() {
                return Ok(());
            }
        }
    }
}

/// Gives back up to [`BATCH`] reservations whose time is over by `now`; says how many. Whichever is being claimed at the moment is left to
/// whoever claims it.
async fn expire(tx: &Tx, skips_locked: bool, now: DateTime<Utc>) -> Result<u64> {
    let backend = tx.get_database_backend();
    let lock = match backend {
        DbBackend::Postgres if skips_locked => "FOR UPDATE SKIP LOCKED",
        DbBackend::Postgres => "FOR UPDATE",
        // Nobody else writes.
        _ => "",
    };
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT id FROM stock_reservation \
             WHERE state = 'LIVE' AND expires_at <= $1 ORDER BY expires_at LIMIT {BATCH} {lock}) \
         UPDATE stock_reservation SET state = 'EXPIRED', updated_at = $1 \
         WHERE state = 'LIVE' AND id IN (SELECT id FROM due) \
         RETURNING variant_id, quantity, counted"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [now.into()]);
    let expired = Reserved::find_by_statement(statement).all(tx).await?;
    let changes = give_back(tx, &expired, now).await?;
    news::tell(tx, &changes).await?;
    Ok(expired.len() as u64)
}
