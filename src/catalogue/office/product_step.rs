//! Publishing products, and taking them off the shelf.

use super::hold::{Held, hold_one};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    catalogue::{events::ProductChanged, product_life::Step},
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sellers::active_products,
};
use entity::catalogue::product::{Column, Entity, Status};
use entity::ids::ProductId;
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Puts a product up for sale.
///
/// # Errors
/// Conflict when it is of another version than the one that was read, has nothing to sell, or the shop has as many active products
/// as its plan allows; `NotFound` for whoever does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn product_publish(
    caller: &Caller,
    tx: &Tx,
    id: ProductId,
    expected_version: i64,
) -> Result<ProductId> {
    let held = hold_one(tx, caller, id).await?;
    held.expect_version(expected_version)?;
    if held.product.variant_count == 0 {
        let message = "A product is sold by its variants, and this one has none. Give it a variant with a price first.";
        return Err(Error::Conflict(message.to_owned()));
    }
    step(caller, tx, &held, Step::Publish).await?;
    Ok(id)
}

/// Takes a product off the shelf for now.
///
/// # Errors
/// As [`product_publish`].
pub(crate) async fn product_unpublish(
    caller: &Caller,
    tx: &Tx,
    id: ProductId,
    expected_version: i64,
) -> Result<ProductId> {
    let held = hold_one(tx, caller, id).await?;
    held.expect_version(expected_version)?;
    step(caller, tx, &held, Step::Unpublish).await?;
    Ok(id)
}

/// Keeps a product for the record only.
///
/// # Errors
/// As [`product_publish`].
pub(crate) async fn product_archive(
    caller: &Caller,
    tx: &Tx,
    id: ProductId,
    expected_version: i64,
) -> Result<ProductId> {
    let held = hold_one(tx, caller, id).await?;
    held.expect_version(expected_version)?;
    step(caller, tx, &held, Step::Archive).await?;
    Ok(id)
}

/// Takes a step in the life of a product whose variants stay as they are.
pub(super) async fn step(caller: &Caller, tx: &Tx, held: &Held, step: Step) -> Result<()> {
    let from = held.product.status;
    let to = step.apply(from)?;
    let changed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(held.product.id))
        .filter(Column::Version.eq(held.product.version))
        .filter(Column::Status.eq(from))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Contended);
    }
    settle(caller, tx, held, step, to, false).await
}

/// Counts the shop's active products where that changes, tells what happened, and writes it down.
pub(super) async fn settle(
    caller: &Caller,
    tx: &Tx,
    held: &Held,
    step: Step,
    to: Status,
    variants: bool,
) -> Result<()> {
    let product = &held.product;
    if (product.status == Status::Active) != (to == Status::Active) {
        active_products::refresh(tx, &[product.seller_id]).await?;
    }
    let changed = ProductChanged {
        product_id: product.id,
        seller_id: product.seller_id,
        variants,
        was_active: product.status == Status::Active,
    };
    outbox::emit_one(tx, &changed).await?;
    let entry = Entry::new(step.action(), "product", product.id)
        .of_shop(product.seller_id)
        .change("status", product.status.to_value(), to.to_value());
    audit::record(tx, caller, &[entry]).await
}
