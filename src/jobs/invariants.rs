//! What must always hold for jobs.

use crate::{
    error::Result,
    platform::database::{faults, time},
};
use sea_orm::ConnectionTrait;

/// Jobs that run and whose worker is dead: the worker, or any other, should have put them back in line.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn leases(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    // Workers look every few seconds; a minute without any means that there is none.
    let overdue = time::from_now(db.get_database_backend(), "-60");
    let sql = format!(
        "SELECT id, 'a job ' || kind || ' runs, and its worker ' || worker || ' has lost it; is any worker running?' AS fault \
         FROM job WHERE state = 'RUNNING' AND leased_until < {overdue}"
    );
    faults(db, &sql).await
}
