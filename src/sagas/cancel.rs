//! Having a saga undone from outside.

use super::{run, store};
use crate::{error::Result, platform::database::Tx};
use entity::ids::SagaId;
use sea_orm::{ConnectionTrait, Statement};

/// Has a saga undone when `tx` is committed, for `reason`; whether it will be. It is not where all of its steps are done, it is being
/// undone already, or a person is to decide about it. A step that runs at this moment is waited for.
///
/// # Errors
/// Whatever the database says.
pub async fn cancel(tx: &Tx, saga: SagaId, reason: &str) -> Result<bool> {
    let sql = "UPDATE saga SET wakes = wakes + 1, cancel_reason = coalesce(cancel_reason, $2) \
         WHERE id = $1 AND state = 'RUNNING' RETURNING kind";
    let values = [saga.into(), reason.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let Some(row) = tx.query_one_raw(statement).await? else {
        return Ok(false);
    };
    let kind: String = row.try_get("", "kind")?;
    store::hasten(tx, &kind, &run::key(saga)).await?;
    Ok(true)
}
