//! Giving back what was promised.

use super::rows::{Reserved, give_back, lock};
use crate::{error::Result, inventory::news, platform::database::Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use uuid::Uuid;

/// Gives back what is promised to `holder`; what was sold, given back or has expired stays so, and doing it again changes nothing.
/// Two statements and those of events, however many variants; two more where a variant can be had again by it.
///
/// # Errors
/// Whatever the database says.
pub async fn stock_release(tx: &Tx, holder: Uuid, now: DateTime<Utc>) -> Result<()> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "WITH held AS MATERIALIZED (SELECT id FROM stock_reservation \
             WHERE holder_id = $1 AND state = 'LIVE' ORDER BY variant_id {}) \
         UPDATE stock_reservation SET state = 'RELEASED', updated_at = $2 \
         WHERE state = 'LIVE' AND id IN (SELECT id FROM held) \
         RETURNING variant_id, quantity, counted",
        lock(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, [holder.into(), now.into()]);
    let released = Reserved::find_by_statement(statement).all(tx).await?;
    let changes = give_back(tx, &released, now).await?;
    news::tell(tx, &changes).await
}
