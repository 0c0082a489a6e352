//! Deleting a product: it is gone for everyone at once, and can be brought back for a while.

use super::{hold::hold_one, product_step::settle};
use crate::{
    caller::Caller,
    catalogue::{product_life::Step, product_summary, search_index},
    error::{Error, Result},
    platform::database::Tx,
};
use entity::catalogue::{
    product::{Column, Entity},
    variant,
};
use entity::ids::ProductId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Deletes the product. Its name, handle and SKUs are free again; its rows stay, since orders point at them.
///
/// # Errors
/// Conflict when it is of another version than the one that was read; `NotFound` for whoever does not work in its shop, Forbidden
/// for whoever does and may not.
pub(crate) async fn product_delete(
    caller: &Caller,
    tx: &Tx,
    id: ProductId,
    expected_version: i64,
) -> Result<ProductId> {
    let (held, now) = (hold_one(tx, caller, id).await?, caller.clock.now());
    held.expect_version(expected_version)?;
    let to = Step::Delete.apply(held.product.status)?;
    let deleted = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to))
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(expected_version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(Error::Contended);
    }
    // At the same moment as the product, by which they are known again when it is brought back.
    variant::Entity::update_many()
        .col_expr(variant::Column::DeletedAt, Expr::value(now))
        .filter(variant::Column::ProductId.eq(id))
        .filter(variant::Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    product_summary::refresh(tx, &[id]).await?;
    search_index::refresh(tx, &[id]).await?;
    settle(caller, tx, &held, Step::Delete, to, true).await?;
    Ok(id)
}
