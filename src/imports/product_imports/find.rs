//! Finding imports. Those who work in the shop see them.

use super::ProductImport;
use crate::{
    caller::Caller,
    error::{Error, Result},
    sellers::members,
};
use entity::ids::ProductImportId;
use entity::imports::product_import::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::sync::Arc;

/// The import with this id.
///
/// # Errors
/// Unauthenticated; `NotFound` for whoever does not work in its shop.
pub(crate) async fn by_id(caller: &Caller, id: ProductImportId) -> Result<Arc<ProductImport>> {
    caller.require_person()?;
    let seller = Expr::col((Entity, Column::SellerId));
    let inside = members::sees_inside(caller, seller).ok_or(Error::NotFound("import"))?;
    // Whoever waits for it asks again and again, and a replica would show it late.
    let found = Entity::find()
        .filter(Column::Id.eq(id))
        .filter(inside)
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("import"))
}
