//! What people do about sagas. `steering.rs` writes it down.

use super::{SagaRow, State, StepState, run, store};
use crate::{
    caller::Caller,
    error::{Error, Result},
    jobs,
    permissions::Permission,
    platform::database::Tx,
};
use entity::ids::SagaId;
use entity::sagas::saga;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, EntityTrait, Statement, Value};
use std::time::Duration;

/// What a person knows of a step.
#[derive(Clone, Debug)]
pub(crate) enum Resolution {
    /// It is done, and this is left for later steps.
    Done(serde_json::Value),
    /// It cannot be done: everything is undone, this step included.
    Failed,
    /// It is undone.
    Undone,
}

/// Has a saga go on at once: one that is stuck as if its step had not failed yet, any other without waiting.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`; Conflict when it is over.
pub(crate) async fn saga_retry(caller: &Caller, tx: &Tx, id: SagaId) -> Result<()> {
    let row = steered(caller, tx, id).await?;
    if row.state == State::Stuck {
        let sql = "UPDATE saga SET state = 'RUNNING', version = version + 1, error = NULL, updated_at = $3 \
             WHERE id = $1 AND version = $2";
        let values = [id.into(), row.version.into(), caller.clock.now().into()];
        changed(tx, sql, values).await?;
        let sql = "UPDATE saga_step SET state = 'RUNNING', failures = 0 WHERE saga_id = $1 AND name = $2 AND state = 'FAILED'";
        execute(tx, sql, [id.into(), row.step.as_str().into()]).await?;
    } else {
        // Its step may be under way, and is not to be held up by this.
        let sql = "UPDATE saga SET wakes = wakes + 1 WHERE id = $1";
        execute(tx, sql, [id.into()]).await?;
    }
    go_on(tx, &row).await
}

/// Has a saga go on as if its step had come to what `resolution` says, which somebody has found out. A try at it that is under way
/// counts no more.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`; Conflict when it is over or at another step; Invalid when a step
/// that is undone is said to be done, or the other way round.
pub(crate) async fn saga_resolve(
    caller: &Caller,
    tx: &Tx,
    id: SagaId,
    step: &str,
    resolution: &Resolution,
) -> Result<()> {
    let row = steered(caller, tx, id).await?;
    if row.step != step {
        return Err(Error::Conflict(format!(
            "The saga is at the step {}, not at {step}. Look at it again.",
            row.step
        )));
    }
    let is_undone = row.state == State::Compensating;
    if is_undone != matches!(resolution, Resolution::Undone) {
        let message = if is_undone {
            "The saga is being undone: its step can be UNDONE."
        } else {
            "The saga is not being undone: its step can be DONE or FAILED."
        };
        return Err(Error::invalid("outcome", message));
    }
    let (state, output) = match resolution {
        Resolution::Done(output) => (StepState::Done, Some(output.to_string())),
        Resolution::Failed => (StepState::Failed, None),
        Resolution::Undone => (StepState::Undone, None),
    };
    let now = caller.clock.now();
    let sql = "UPDATE saga SET state = CASE WHEN state = 'STUCK' THEN 'RUNNING' ELSE state END, version = version + 1, \
             updated_at = $3 WHERE id = $1 AND version = $2";
    changed(tx, sql, [id.into(), row.version.into(), now.into()]).await?;
    let output_sql = match tx.get_database_backend() {
        DbBackend::Postgres => "CAST($4 AS jsonb)",
        _ => "$4",
    };
    let sql = format!(
        "UPDATE saga_step SET state = $3, output = coalesce({output_sql}, output) WHERE saga_id = $1 AND name = $2"
    );
    let values = [
        id.into(),
        step.into(),
        state.to_value().into(),
        output.into(),
    ];
    changed(tx, &sql, values).await?;
    go_on(tx, &row).await
}

/// The saga, if `caller` may steer it and there is something to steer.
async fn steered(caller: &Caller, tx: &Tx, id: SagaId) -> Result<SagaRow> {
    caller.require(Permission::SagasSteer)?;
    let row = saga::Entity::find_by_id(id).one(tx).await?;
    let row = row.ok_or(Error::NotFound("saga"))?;
    match row.state {
        State::Done | State::Compensated => Err(Error::Conflict("The saga is over.".to_owned())),
        State::Running | State::Compensating | State::Stuck => Ok(row),
    }
}

/// There is a job that carries it on, and it does so at once.
async fn go_on(tx: &Tx, row: &SagaRow) -> Result<()> {
    let job = run::job(row.kind.clone().into(), row.id, Duration::ZERO);
    if jobs::enqueue_all(tx, &[job]).await?.is_empty() {
        store::hasten(tx, &row.kind, &run::key(row.id)).await?;
    }
    Ok(())
}

async fn changed(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<()> {
    if execute(tx, sql, values).await? == 0 {
        return Err(Error::Conflict(
            "The saga has gone on meanwhile. Look at it again.".to_owned(),
        ));
    }
    Ok(())
}

async fn execute(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected())
}
