//! Jobs that succeeded.

use super::{Lease, bound, held, jobs, lease_lost};
use crate::{
    error::Result,
    platform::database::{Database, Tx, time},
};
use entity::ids::JobId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Finishes jobs, and returns those that were still ours to finish.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn finish(
    database: &Database,
    held_leases: &[Lease],
) -> Result<Vec<JobId>> {
    finish_with(database.write(), held_leases).await
}

/// Finishes a job in a transaction.
///
/// # Errors
/// Conflict when its lease is lost.
pub(in crate::jobs) async fn finish_one(tx: &Tx, lease: Lease) -> Result<()> {
    if finish_with(tx, &[lease]).await?.is_empty() {
        return Err(lease_lost());
    }
    Ok(())
}

async fn finish_with(db: &impl ConnectionTrait, held_leases: &[Lease]) -> Result<Vec<JobId>> {
    let backend = db.get_database_backend();
    let statement =
        Statement::from_sql_and_values(backend, sql(backend), bound(backend, held_leases));
    jobs(&db.query_all_raw(statement).await?)
}

fn sql(backend: DbBackend) -> String {
    format!(
        "UPDATE job SET state = 'DONE', finished_at = {}, lease_id = NULL, leased_until = NULL, last_error = NULL \
         FROM {} WHERE job.id = held.job AND job.lease_id = held.lease RETURNING id",
        time::now(backend),
        held(backend),
    )
}
