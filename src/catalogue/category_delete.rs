//! Deleting a category that nothing is in.

use super::category_write::{read, write};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::database::Tx,
};
use entity::catalogue::{category, product};
use entity::ids::{CategoryId, ProductId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// Deletes the category. Its slug is free again; its row stays, since products that were deleted point at it.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `NotFound`; Conflict when it is of another version than the one that was read, or
/// categories or products are in it.
pub(crate) async fn category_delete(
    caller: &Caller,
    tx: &Tx,
    id: CategoryId,
    expected_version: i64,
) -> Result<CategoryId> {
    caller.require(Permission::CategoriesManage)?;
    hold(tx, id).await?;
    let before = read(tx, id, expected_version).await?;
    refuse_children(tx, id).await?;
    refuse_products(tx, id).await?;
    let mut after = before.clone();
    after.deleted_at = Some(caller.clock.now());
    write(caller, tx, &after).await?;
    let entry = Entry::new("category.delete", "category", id)
        .was("name", before.name)
        .was("slug", before.slug)
        .was("parent", before.parent_id);
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}

/// Waits for those who are putting something into the category, and keeps others from it, until the transaction ends: they hold
/// it by `category_hold`.
async fn hold(tx: &Tx, id: CategoryId) -> Result<()> {
    let held = category::Entity::find_by_id(id)
        .select_only()
        .column(category::Column::Id)
        .lock_exclusive()
        .into_tuple::<CategoryId>();
    held.one(tx).await?;
    Ok(())
}

async fn refuse_children(tx: &Tx, id: CategoryId) -> Result<()> {
    let child = category::Entity::find()
        .select_only()
        .column(category::Column::Id)
        .filter(category::Column::ParentId.eq(id))
        .filter(category::Column::DeletedAt.is_null())
        .into_tuple::<CategoryId>();
    match child.one(tx).await? {
        Some(_) => Err(Error::Conflict(
            "There are categories in this one. Move or delete them first.".to_owned(),
        )),
        None => Ok(()),
    }
}

async fn refuse_products(tx: &Tx, id: CategoryId) -> Result<()> {
    let product = product::Entity::find()
        .select_only()
        .column(product::Column::Id)
        .filter(product::Column::CategoryId.eq(id))
        .filter(product::Column::DeletedAt.is_null())
        .into_tuple::<ProductId>();
    match product.one(tx).await? {
        Some(_) => Err(Error::Conflict(
            "There are products in the category. Have them put into another first.".to_owned(),
        )),
        None => Ok(()),
    }
}
