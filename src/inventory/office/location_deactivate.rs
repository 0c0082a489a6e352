//! Giving a location up.

use super::{hold, location_update::expect_version};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
    sellers::members::ShopPermission,
};
use entity::ids::LocationId;
use entity::inventory::{
    level,
    location::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, LockType},
};

/// Gives up a location where nothing lies any more. Its movements stay, and its name is free.
///
/// # Errors
/// Conflict where something lies there, where it is the shop's first, or was changed meanwhile; `NotFound` for whoever does not work in
/// the shop, Forbidden for whoever does and may not.
pub(crate) async fn location_deactivate(
    caller: &Caller,
    tx: &Tx,
    id: LocationId,
    expected_version: i64,
) -> Result<LocationId> {
    let manage = ShopPermission::ShopManage;
    // Whoever brings something there holds it as well, so nothing comes while this is looked at.
    let location = hold::location(tx, caller, id, manage, LockType::Update).await?;
    expect_version(location.version, expected_version)?;
    if location.id.0 == location.seller_id.0 {
        return Err(Error::Conflict(
            "This is the shop's first location, where imports and returns go: it stays. Give it another name instead.".to_owned(),
        ));
    }
    let full = level::Entity::find()
        .filter(level::Column::LocationId.eq(id))
        .filter(level::Column::OnHand.gt(0));
    if full.one(tx).await?.is_some() {
        return Err(Error::Conflict(
            "Something lies at this location. Transfer it to another first.".to_owned(),
        ));
    }
    let now = caller.clock.now();
    Entity::update_many()
        .col_expr(Column::DeactivatedAt, Expr::value(Some(now)))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    let entry = Entry::new("location.deactivate", "location", id)
        .of_shop(location.seller_id)
        .was("name", location.name);
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
