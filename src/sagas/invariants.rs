//! What must always hold for sagas.

use crate::{error::Result, platform::database::faults};
use sea_orm::{ConnectionTrait, DbBackend};

/// Sagas that nobody carries on: they are not over, and no job waits or runs. Those that are stuck wait for a person.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn carried_on(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let key = match db.get_database_backend() {
        DbBackend::Postgres => "replace(CAST(saga.id AS text), '-', '')",
        _ => "lower(hex(saga.id))",
    };
    let sql = format!(
        "SELECT id, CASE WHEN state = 'STUCK' \
             THEN 'a saga ' || kind || ' is stuck at ' || step || ': ' || coalesce(error, '?') || '; see sagaRetry and sagaResolve' \
             ELSE 'a saga ' || kind || ' is at ' || step || ', and no job carries it on; see sagaRetry' END AS fault \
         FROM saga WHERE state = 'STUCK' OR (state IN ('RUNNING', 'COMPENSATING') AND NOT EXISTS (SELECT 1 FROM job \
             WHERE job.kind = saga.kind AND job.unique_key = {key} AND job.state IN ('WAITING', 'RUNNING')))"
    );
    faults(db, &sql).await
}
