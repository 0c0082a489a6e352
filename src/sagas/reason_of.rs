//! Why a saga is undone, for those who undo it.

use crate::{error::Result, platform::database::Tx};
use entity::ids::SagaId;
use entity::sagas::saga::{Column, Entity};
use sea_orm::{EntityTrait, QuerySelect};

/// Why the saga is undone; nothing where it is not.
///
/// # Errors
/// Whatever the database says.
pub async fn reason_of(tx: &Tx, saga: SagaId) -> Result<Option<String>> {
    let found = Entity::find_by_id(saga)
        .select_only()
        .column(Column::Reason)
        .into_tuple::<Option<String>>();
    Ok(found.one(tx).await?.flatten())
}
