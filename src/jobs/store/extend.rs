//! Leases: keeping them, giving them back, and finding those that ran out.

use super::{Lease, bound, held, jobs};
use crate::{
    error::Result,
    platform::database::{Database, time},
};
use entity::ids::JobId;
use sea_orm::{ConnectionTrait, Statement};
use std::time::Duration;

/// Makes `held_leases` last for another `lease` from now, and returns those that are still held.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn extend(
    database: &Database,
    lease: Duration,
    held_leases: &[Lease],
) -> Result<Vec<JobId>> {
    let backend = database.backend();
    let sql = format!(
        "UPDATE job SET leased_until = {} FROM {} WHERE job.id = held.job AND job.lease_id = held.lease \
         RETURNING id",
        time::from_now(backend, &lease.as_secs().to_string()),
        held(backend),
    );
    let statement = Statement::from_sql_and_values(backend, sql, bound(backend, held_leases));
    jobs(&database.write().query_all_raw(statement).await?)
}

/// Puts jobs back in line as if their last attempt had not been begun.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn release(database: &Database, held_leases: &[Lease]) -> Result<()> {
    let backend = database.backend();
    let sql = format!(
        "UPDATE job SET state = 'WAITING', attempts = attempts - 1, lease_id = NULL, leased_until = NULL \
         FROM {} WHERE job.id = held.job AND job.lease_id = held.lease",
        held(backend),
    );
    let statement = Statement::from_sql_and_values(backend, sql, bound(backend, held_leases));
    database.write().execute_raw(statement).await?;
    Ok(())
}

/// A job whose worker has said nothing for too long.
#[derive(Clone, Debug)]
pub(in crate::jobs) struct Lost {
    pub(in crate::jobs) lease: Lease,
    pub(in crate::jobs) kind: String,
    pub(in crate::jobs) worker: String,
    pub(in crate::jobs) attempt: u16,
}

/// Some jobs whose lease has run out.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn lost(database: &Database) -> Result<Vec<Lost>> {
    let backend = database.backend();
    let sql = format!(
        "SELECT id, lease_id, kind, worker, attempts FROM job WHERE state = 'RUNNING' AND leased_until < {} \
         ORDER BY leased_until LIMIT 100",
        time::now(backend),
    );
    let rows = database
        .write()
        .query_all_raw(Statement::from_string(backend, sql))
        .await?;
    rows.iter()
        .map(|row| {
            let attempts: i64 = row.try_get("", "attempts")?;
            Ok(Lost {
                lease: Lease {
                    job: row.try_get("", "id")?,
                    id: row.try_get("", "lease_id")?,
                },
                kind: row.try_get("", "kind")?,
                worker: row.try_get("", "worker")?,
                attempt: u16::try_from(attempts).unwrap_or(u16::MAX),
            })
        })
        .collect()
}
