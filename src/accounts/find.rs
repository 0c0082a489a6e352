//! Finding people.

use crate::{caller::Caller, error::Result, platform::keys};
use entity::accounts::account::{self, Entity, Model};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// The living accounts with these ids, to show as authors.
pub(crate) async fn authors_by_ids(
    caller: Caller,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((Entity, account::Column::Id));
    let rows = Entity::find()
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .filter(account::Column::DeletedAt.is_null())
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}
