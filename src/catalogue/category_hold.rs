//! Holding categories, so that none is deleted while something is put into it.

use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists::is_among_ids},
};
use entity::catalogue::category::{Column, Entity};
use entity::ids::CategoryId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::LockType,
};
use std::collections::HashSet;

/// Those of `wanted` that are there. They stay until the transaction ends: whoever deletes one waits, and then finds what was put into
/// it. Taken after products.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn category_hold(tx: &Tx, wanted: &[CategoryId]) -> Result<HashSet<CategoryId>> {
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<CategoryId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(is_among_ids(tx.get_database_backend(), Column::Id, wanted))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::Id)
        // The weakest that keeps out `FOR UPDATE`. SQLite has none: a transaction that may write is alone there.
        .lock(LockType::KeyShare)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().collect())
}

/// Holds the category that something is put under.
///
/// # Errors
/// Invalid when it is not there.
pub(super) async fn hold_parent(tx: &Tx, parent: Option<CategoryId>) -> Result<()> {
    let wanted = Vec::from_iter(parent);
    if category_hold(tx, &wanted).await?.len() == wanted.len() {
        return Ok(());
    }
    Err(Error::invalid(
        "input.parentId",
        "There is no such category. Pass the id of one that `categories` lists, or null for a root.",
    ))
}
