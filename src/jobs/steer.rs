//! What admins do about jobs and queues.

use super::Queue;
use crate::{
    caller::Caller,
    error::{Error, OnConstraint, Result},
    permissions::Permission,
    platform::{
        database::{Tx, time, transactions},
        wakes::Topic,
    },
};
use entity::ids::JobId;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

/// Has a job that failed, was discarded or waits done as if it were new, at once.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`; Conflict when it runs or has succeeded, or another with
/// its unique key waits or runs.
pub(crate) async fn job_retry(caller: &Caller, tx: &Tx, id: JobId) -> Result<()> {
    caller.require(Permission::JobsSteer)?;
    let now = time::now(tx.get_database_backend());
    let sql = format!(
        "UPDATE job SET state = 'WAITING', attempts = 0, losses = 0, run_at = {now}, rank_at = {now}, finished_at = NULL, progress = NULL \
         WHERE id = $1 AND state IN ('DEAD', 'DISCARDED', 'WAITING')"
    );
    let changed = execute(tx, sql, [id.into()])
        .await
        .on_constraint("job_unique_key", key_is_taken);
    // SQLite names the columns rather than the index.
    let changed = match changed {
        Err(Error::Internal { source, .. }) if source.to_string().contains("job.unique_key") => {
            Err(key_is_taken())
        }
        other => other,
    }?;
    if changed == 0 {
        return Err(unchangeable(tx, id, "retried: it runs or has succeeded").await?);
    }
    transactions::wake_after_commit(Topic::Jobs);
    Ok(())
}

/// Has a job not done any more. One that runs loses its lease, so that nothing it has still to write counts, and is
/// stopped within seconds.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`; Conflict when it is over.
pub(crate) async fn job_discard(caller: &Caller, tx: &Tx, id: JobId) -> Result<()> {
    caller.require(Permission::JobsSteer)?;
    let sql = format!(
        "UPDATE job SET state = 'DISCARDED', finished_at = {}, lease_id = NULL, leased_until = NULL \
         WHERE id = $1 AND state IN ('WAITING', 'RUNNING', 'DEAD')",
        time::now(tx.get_database_backend())
    );
    if execute(tx, sql, [id.into()]).await? == 0 {
        return Err(unchangeable(tx, id, "discarded: it is over").await?);
    }
    Ok(())
}

/// Has no job of a queue begun until it is resumed; those that run go on. Whether that was news: it may be paused already.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`.
pub(crate) async fn queue_pause(caller: &Caller, tx: &Tx, name: &str) -> Result<bool> {
    let queue = known(caller, name)?;
    let sql = format!(
        "INSERT INTO job_queue (name, paused_at) VALUES ($1, {}) \
         ON CONFLICT (name) DO UPDATE SET paused_at = excluded.paused_at WHERE job_queue.paused_at IS NULL",
        time::now(tx.get_database_backend())
    );
    Ok(execute(tx, sql, [queue.name.into()]).await? > 0)
}

/// Has the jobs of a queue begun again. Whether that was news: it may not be paused.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`.
pub(crate) async fn queue_resume(caller: &Caller, tx: &Tx, name: &str) -> Result<bool> {
    let queue = known(caller, name)?;
    let sql = "UPDATE job_queue SET paused_at = NULL WHERE name = $1 AND paused_at IS NOT NULL"
        .to_owned();
    let changed = execute(tx, sql, [queue.name.into()]).await?;
    transactions::wake_after_commit(Topic::Jobs);
    Ok(changed > 0)
}

fn known(caller: &Caller, name: &str) -> Result<Queue> {
    caller.require(Permission::JobsSteer)?;
    let found = Queue::ALL.into_iter().find(|queue| queue.name == name);
    found.ok_or(Error::NotFound("queue"))
}

fn key_is_taken() -> Error {
    Error::Conflict(
        "It cannot be retried: another job with the same unique key waits or runs.".to_owned(),
    )
}

/// Why nothing was changed: there is no such job, or it cannot be `verb`.
async fn unchangeable(tx: &Tx, id: JobId, verb: &str) -> Result<Error> {
    let backend = tx.get_database_backend();
    let statement =
        Statement::from_sql_and_values(backend, "SELECT id FROM job WHERE id = $1", [id.into()]);
    Ok(match tx.query_one_raw(statement).await? {
        None => Error::NotFound("job"),
        Some(_) => Error::Conflict(format!("The job cannot be {verb}.")),
    })
}

async fn execute(
    tx: &Tx,
    sql: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
