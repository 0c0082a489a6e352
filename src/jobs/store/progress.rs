//! What a running job writes about itself.

use super::{Lease, lease_lost};
use crate::{error::Result, platform::database::Tx};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

/// Keeps how far a job is.
///
/// # Errors
/// Conflict when its lease is lost.
pub(in crate::jobs) async fn report(
    db: &impl ConnectionTrait,
    lease: Lease,
    progress: &Value,
) -> Result<()> {
    let sql = "UPDATE job SET progress = $3 WHERE id = $1 AND lease_id = $2";
    let values = [lease.job.into(), lease.id.into(), progress.clone().into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    if db.execute_raw(statement).await?.rows_affected() == 0 {
        return Err(lease_lost());
    }
    Ok(())
}

/// Keeps the lease of a job from being lost until `tx` ends.
///
/// # Errors
/// Conflict when it is lost.
pub(in crate::jobs) async fn hold(tx: &Tx, lease: Lease) -> Result<()> {
    let backend = tx.get_database_backend();
    let lock = match backend {
        DbBackend::Postgres => "FOR UPDATE",
        // A transaction that may write is alone.
        _ => "",
    };
    let sql = format!("SELECT 1 AS held FROM job WHERE id = $1 AND lease_id = $2 {lock}");
    let values = [lease.job.into(), lease.id.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    tx.query_one_raw(statement)
        .await?
        .map(|_| ())
        .ok_or_else(lease_lost)
}

/// Has the attempts at a job counted anew; the one under way is the first.
///
/// # Errors
/// Conflict when its lease is lost.
pub(in crate::jobs) async fn came_forward(tx: &Tx, lease: Lease) -> Result<()> {
    let sql = "UPDATE job SET attempts = 1, losses = 0 WHERE id = $1 AND lease_id = $2";
    let values = [lease.job.into(), lease.id.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    if tx.execute_raw(statement).await?.rows_affected() == 0 {
        return Err(lease_lost());
    }
    Ok(())
}
