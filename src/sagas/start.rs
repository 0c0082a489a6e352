//! Starting a saga.

use super::{Saga, run};
use crate::{
    error::{Error, Result},
    jobs,
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::ids::SagaId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;

/// Starts `saga` when `tx` is committed, with two statements that go with what `tx` does next.
///
/// # Errors
/// Internal when the input is too large.
pub fn start<S: Saga>(tx: &Tx, now: DateTime<Utc>, saga: &S) -> Result<SagaId> {
    let id = SagaId::generate();
    let input = serde_json::to_value(saga).map_err(Error::internal)?;
    let steps = S::steps();
    let first = steps
        .first()
        .ok_or_else(|| Error::internal(anyhow::anyhow!("a saga {} has no steps", S::KIND)))?;
    let backend = tx.get_database_backend();
    let json = match backend {
        DbBackend::Postgres => "CAST($4 AS jsonb)",
        _ => "$4",
    };
    let sql = format!(
        "INSERT INTO saga (id, kind, form, version, state, input, step, subject_id, customer_id, wakes, wake_at, created_at, updated_at) \
         VALUES ($1, $2, $3, 1, 'RUNNING', {json}, $5, $6, $7, 0, $8, $8, $8)"
    );
    let values = [
        id.into(),
        S::KIND.into(),
        S::VERSION.into(),
        input.to_string().into(),
        first.name.into(),
        saga.subject().into(),
        saga.customer().into(),
        now.into(),
    ];
    tx.put_off(Statement::from_sql_and_values(backend, sql, values));
    jobs::enqueue_with_next(tx, &[run::job(S::KIND.into(), id, Duration::ZERO)]);
    Ok(id)
}
