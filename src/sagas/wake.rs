//! Having a saga look again.

use super::{run, store};
use crate::{error::Result, platform::database::Tx};
use entity::ids::SagaId;
use sea_orm::{ConnectionTrait, Statement};

/// Has a saga look again when `tx` is committed, since what it may wait for has changed: two statements. Nothing where it is over.
/// One whose step runs at this moment looks again after it.
///
/// # Errors
/// Whatever the database says.
pub async fn wake(tx: &Tx, saga: SagaId) -> Result<()> {
    let sql = "UPDATE saga SET wakes = wakes + 1 WHERE id = $1 AND state IN ('RUNNING', 'COMPENSATING') RETURNING kind";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [saga.into()]);
    if let Some(row) = tx.query_one_raw(statement).await? {
        let kind: String = row.try_get("", "kind")?;
        store::hasten(tx, &kind, &run::key(saga)).await?;
    }
    Ok(())
}
