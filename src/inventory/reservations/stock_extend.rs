//! Keeping a promise for longer.

use super::rows::lock;
use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};
use uuid::Uuid;

/// Has what is promised to `holder` last until then at least, for example while its payment is under way; says whether anything is
/// promised to it still. One statement.
///
/// # Errors
/// Whatever the database says.
pub async fn stock_extend(
    tx: &Tx,
    holder: Uuid,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "WITH held AS MATERIALIZED (SELECT id FROM stock_reservation \
             WHERE holder_id = $1 AND state = 'LIVE' ORDER BY variant_id {}) \
         UPDATE stock_reservation SET expires_at = CASE WHEN expires_at < $2 THEN $2 ELSE expires_at END, updated_at = $3 \
         WHERE state = 'LIVE' AND id IN (SELECT id FROM held)",
        lock(backend)
    );
    let values = [holder.into(), until.into(), now.into()];
    let extended = tx
        .execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(extended.rows_affected() > 0)
}
