//! The tables of sagas, as those who carry them on use them: each function is one statement.

use super::{SagaRow, State, StepRow, StepState, progress::Direction};
use crate::{
    error::{Error, Result},
    platform::{
        database::{Tx, time, transactions},
        wakes::Topic,
    },
};
use chrono::{DateTime, Utc};
use entity::ids::SagaId;
use entity::sagas::{saga, step};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement, Value,
};
use serde_json::Value as Json;

/// Longest error text that is kept, in characters.
const LONGEST_ERROR: usize = 2_000;

/// A saga as it is after a write.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) version: i64,
    pub(super) wakes: i64,
    pub(super) cancel: Option<String>,
    pub(super) state: State,
}

/// What becomes of a saga.
#[derive(Clone, Debug)]
pub(super) struct Change<'a> {
    pub(super) state: State,
    pub(super) step: &'a str,
    pub(super) reason: Option<String>,
    pub(super) error: Option<String>,
    pub(super) wake_at: Option<DateTime<Utc>>,
}

/// The saga, and its steps that were begun.
///
/// # Errors
/// `NotFound`; whatever the database says.
pub(super) async fn load(db: &impl ConnectionTrait, id: SagaId) -> Result<(SagaRow, Vec<StepRow>)> {
    let saga = saga::Entity::find_by_id(id).one(db).await?;
    let saga = saga.ok_or(Error::NotFound("saga"))?;
    let steps = step::Entity::find()
        .filter(step::Column::SagaId.eq(id))
        .all(db)
        .await?;
    Ok((saga, steps))
}

/// Changes the saga, if nobody did since it had `version`. One that was cancelled is not done: it is left running.
///
/// # Errors
/// Conflict when somebody did; whatever the database says.
pub(super) async fn advance(
    tx: &Tx,
    id: SagaId,
    version: i64,
    change: &Change<'_>,
    now: DateTime<Utc>,
) -> Result<Held> {
    let sql = "UPDATE saga SET version = version + 1, \
             state = CASE WHEN $3 = 'DONE' AND cancel_reason IS NOT NULL THEN 'RUNNING' ELSE $3 END, \
             step = $4, reason = coalesce($5, reason), error = $6, wake_at = $7, updated_at = $8, \
             ended_at = CASE WHEN ($3 = 'DONE' AND cancel_reason IS NULL) OR $3 = 'COMPENSATED' THEN $8 END \
         WHERE id = $1 AND version = $2 RETURNING version, wakes, cancel_reason, state";
    let values = [
        id.into(),
        version.into(),
        change.state.to_value().into(),
        change.step.into(),
        change.reason.as_deref().map(cut).into(),
        change.error.as_deref().map(cut).into(),
        change.wake_at.into(),
        now.into(),
    ];
    held(tx, sql, values).await
}

/// Takes the saga up again, if nobody did since it had `version`.
///
/// # Errors
/// Conflict when somebody did; whatever the database says.
pub(super) async fn take(tx: &Tx, id: SagaId, version: i64, now: DateTime<Utc>) -> Result<Held> {
    let sql = "UPDATE saga SET version = version + 1, wake_at = NULL, updated_at = $3 \
         WHERE id = $1 AND version = $2 RETURNING version, wakes, cancel_reason, state";
    held(tx, sql, [id.into(), version.into(), now.into()]).await
}

async fn held(tx: &Tx, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Held> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx
        .query_one_raw(statement)
        .await?
        .ok_or_else(|| Error::Conflict("The saga has gone on without this attempt.".to_owned()))?;
    Ok(Held {
        version: row.try_get("", "version")?,
        wakes: row.try_get("", "wakes")?,
        cancel: row.try_get("", "cancel_reason")?,
        state: State::try_from_value(&row.try_get("", "state")?)?,
    })
}

/// Writes down that a step is done or undone from here on, and returns which try it is: one more than failed since it last came
/// forward. What never came to an end is counted with the job.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn begin(
    tx: &Tx,
    id: SagaId,
    step: (usize, &str),
    direction: Direction,
    now: DateTime<Utc>,
) -> Result<i64> {
    let (state, attempts, undo_attempts) = match direction {
        Direction::Forward => (StepState::Running, 1_i64, 0_i64),
        Direction::Backward => (StepState::Undoing, 0, 1),
    };
    let count = match direction {
        Direction::Forward => "failures + 1 AS number",
        Direction::Backward => "undo_attempts AS number",
    };
    let sql = format!(
        "INSERT INTO saga_step (saga_id, name, position, state, attempts, failures, undo_attempts, started_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $7) \
         ON CONFLICT (saga_id, name) DO UPDATE SET state = excluded.state, attempts = saga_step.attempts + excluded.attempts, \
             undo_attempts = saga_step.undo_attempts + excluded.undo_attempts, \
             started_at = CASE WHEN excluded.attempts = 1 THEN excluded.started_at ELSE saga_step.started_at END \
         RETURNING {count}"
    );
    let values = [
        id.into(),
        step.1.into(),
        i16::try_from(step.0).unwrap_or(i16::MAX).into(),
        state.to_value().into(),
        attempts.into(),
        undo_attempts.into(),
        now.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("a step was not begun")))?;
    Ok(row.try_get("", "number")?)
}

/// What came of a step.
#[derive(Clone, Debug)]
pub(super) struct StepEnd {
    pub(super) state: StepState,
    pub(super) output: Option<Json>,
    pub(super) error: Option<String>,
    /// Whether it came forward, so that failures are counted anew.
    pub(super) came_forward: bool,
}

/// Writes down what came of a step that was done.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn end(
    tx: &Tx,
    id: SagaId,
    name: &str,
    end: &StepEnd,
    now: DateTime<Utc>,
) -> Result<()> {
    let output = match tx.get_database_backend() {
        DbBackend::Postgres => "CAST($4 AS jsonb)",
        _ => "$4",
    };
    let sql = format!(
        "UPDATE saga_step SET state = $3, output = coalesce({output}, output), error = $5, \
             failures = CASE WHEN $6 THEN 0 ELSE failures + 1 END, ended_at = $7 WHERE saga_id = $1 AND name = $2"
    );
    let ended_at = matches!(end.state, StepState::Done | StepState::Failed).then_some(now);
    let values = [
        id.into(),
        name.into(),
        end.state.to_value().into(),
        end.output.as_ref().map(Json::to_string).into(),
        end.error.as_deref().map(cut).into(),
        end.came_forward.into(),
        ended_at.into(),
    ];
    execute(tx, sql, values).await
}

/// Writes down what came of undoing a step.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn end_undo(
    tx: &Tx,
    id: SagaId,
    name: &str,
    end: &StepEnd,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE saga_step SET state = $3, undo_error = $4, undone_at = $5 WHERE saga_id = $1 AND name = $2";
    let undone_at = (end.state == StepState::Undone).then_some(now);
    let values = [
        id.into(),
        name.into(),
        end.state.to_value().into(),
        end.error.as_deref().map(cut).into(),
        undone_at.into(),
    ];
    execute(tx, sql.to_owned(), values).await
}

/// Has the job that carries a saga on begun at once, where it waits.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn hasten(tx: &Tx, kind: &str, key: &str) -> Result<()> {
    let now = time::now(tx.get_database_backend());
    let sql = format!(
        "UPDATE job SET run_at = {now}, rank_at = {now} \
         WHERE kind = $1 AND unique_key = $2 AND state = 'WAITING' AND run_at > {now}"
    );
    execute(tx, sql, [kind.into(), key.into()]).await?;
    transactions::wake_after_commit(Topic::Jobs);
    Ok(())
}

async fn execute(tx: &Tx, sql: String, values: impl IntoIterator<Item = Value>) -> Result<()> {
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await?;
    Ok(())
}

fn cut(text: &str) -> String {
    // PostgreSQL's text cannot hold it.
    text.replace('\0', "\u{fffd}")
        .chars()
        .take(LONGEST_ERROR)
        .collect()
}
