//! Changing a way of shipping.

use super::{MethodDraft, rules::MethodFields, shipping_method_create::shop_of};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::ShippingMethodId;
use entity::shipping::method::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Puts other words in the place of all that the way of shipping is. One that cannot be chosen any more is kept, since carts name it.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when it is of another version than the one that was read; `NotFound` and Forbidden for
/// whoever may not.
pub(crate) async fn shipping_method_update(
    caller: &Caller,
    tx: &Tx,
    id: ShippingMethodId,
    expected_version: i64,
    draft: &MethodDraft,
) -> Result<ShippingMethodId> {
    let missing = || Error::NotFound("shipping method");
    let before = Entity::find_by_id(id).one(tx).await?.ok_or_else(missing)?;
    // Whoever does not work in the shop does not learn that it is there.
    let shop = shop_of(caller, tx, before.seller_id)
        .await
        .map_err(|error| match error {
            Error::NotFound(_) => missing(),
            other => other,
        })?;
    let after = MethodFields::read(draft, shop.currency)?;
    write(caller, tx, &before, expected_version, &after).await?;
    let entry = Entry::new("shippingMethod.update", "shipping", id)
        .of_shop(before.seller_id)
        .change("name", &before.name, &after.name)
        .change("price", before.price, after.price)
        .change("freeFrom", before.free_from, after.free_from)
        .change("countries", &before.countries, &after.countries)
        .change("minDays", before.min_days, after.min_days)
        .change("maxDays", before.max_days, after.max_days)
        .change("active", before.active, after.active);
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(id)
}

async fn write(
    caller: &Caller,
    tx: &Tx,
    before: &Model,
    expected_version: i64,
    after: &MethodFields,
) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(after.name.as_str()))
        .col_expr(Column::Price, Expr::value(after.price))
        .col_expr(Column::FreeFrom, Expr::value(after.free_from))
        .col_expr(Column::Countries, Expr::value(after.countries.as_str()))
        .col_expr(Column::MinDays, Expr::value(after.min_days))
        .col_expr(Column::MaxDays, Expr::value(after.max_days))
        .col_expr(Column::Active, Expr::value(after.active))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(before.id))
        // What was read above is of this version too, or nothing is written.
        .filter(Column::Version.eq(expected_version))
        .filter(Column::Version.eq(before.version))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Conflict(
            "This way of shipping was changed since you read it. Read it again, and change that."
                .to_owned(),
        ));
    }
    Ok(())
}
