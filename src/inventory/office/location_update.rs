//! Changing what a location is called, and when it is emptied.

use super::{
    hold,
    location_create::{name, priority, taken},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    platform::{database::Tx, text},
    sellers::members::ShopPermission,
};
use entity::ids::LocationId;
use entity::inventory::location::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, LockType},
};

/// What of a location is changed; what is nothing stays.
#[derive(Clone, Debug)]
pub(crate) struct LocationUpdate {
    pub(crate) id: LocationId,
    pub(crate) name: Option<String>,
    pub(crate) priority: Option<i32>,
    pub(crate) expected_version: i64,
}

/// Changes a location.
///
/// # Errors
/// Conflict when it was changed meanwhile; Invalid when the name is none, or taken; `NotFound` for whoever does not work in the shop,
/// Forbidden for whoever does and may not.
pub(crate) async fn location_update(
    caller: &Caller,
    tx: &Tx,
    change: &LocationUpdate,
) -> Result<LocationId> {
    let manage = ShopPermission::ShopManage;
    let before = hold::location(tx, caller, change.id, manage, LockType::NoKeyUpdate).await?;
    expect_version(before.version, change.expected_version)?;
    let mut after = before.clone();
    if let Some(new) = &change.name {
        after.name = name(new)?;
    }
    if let Some(new) = change.priority {
        priority(new)?;
        after.priority = new;
    }
    if (&before.name, before.priority) == (&after.name, after.priority) {
        return Ok(before.id);
    }
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(after.name.as_str()))
        .col_expr(Column::NameKey, Expr::value(text::name_key(&after.name)))
        .col_expr(Column::Priority, Expr::value(after.priority))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(before.id))
        .exec(tx)
        .await
        .on_constraint("name_key", taken)?;
    let entry = Entry::new("location.update", "location", before.id)
        .of_shop(before.seller_id)
        .change("name", before.name, after.name)
        .change("priority", before.priority, after.priority);
    audit::record(tx, caller, &[entry]).await?;
    Ok(before.id)
}

/// Makes sure that a held location is as it was when it was read.
pub(super) fn expect_version(version: i64, expected: i64) -> Result<()> {
    if version == expected {
        return Ok(());
    }
    Err(Error::Conflict(
        "The location was changed since you read it. Read it again, and change that.".to_owned(),
    ))
}
