//! Using a location again that was given up.

use super::{
    location_create::{hold_room, name, taken},
    location_update::expect_version,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    platform::{database::Tx, text},
    sellers::members::{ShopPermission, may},
};
use chrono::{DateTime, Utc};
use entity::ids::LocationId;
use entity::inventory::location::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType},
};

/// A location that is used again.
#[derive(Clone, Debug)]
pub(crate) struct LocationReactivate {
    pub(crate) id: LocationId,
    pub(crate) expected_version: i64,
    /// What it is called from now on; nothing where its name stays.
    pub(crate) name: Option<String>,
}

/// Uses a location again, under its name or another.
///
/// # Errors
/// Conflict where it is in use, was changed meanwhile, or the shop has enough; Invalid when the name is none, or was taken meanwhile; `NotFound` for
/// whoever does not work in the shop, Forbidden for whoever does and may not.
pub(crate) async fn location_reactivate(
    caller: &Caller,
    tx: &Tx,
    again: &LocationReactivate,
) -> Result<LocationId> {
    let found = Entity::find_by_id(again.id).one(tx).await?;
    let seller = found.ok_or(Error::NotFound("location"))?.seller_id;
    may(tx, caller, seller, ShopPermission::ShopManage)
        .await
        .map_err(|error| match error {
            Error::NotFound(_) => Error::NotFound("location"),
            error => error,
        })?;
    hold_room(tx, seller).await?;
    let held = Entity::find_by_id(again.id).lock(LockType::Update);
    let location = held.one(tx).await?.ok_or(Error::NotFound("location"))?;
    expect_version(location.version, again.expected_version)?;
    if location.deactivated_at.is_none() {
        return Err(Error::Conflict("The location is in use.".to_owned()));
    }
    let name = match &again.name {
        Some(new) => name(new)?,
        None => location.name.clone(),
    };
    Entity::update_many()
        .col_expr(Column::Name, Expr::value(name.as_str()))
        .col_expr(Column::NameKey, Expr::value(text::name_key(&name)))
        .col_expr(Column::DeactivatedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(again.id))
        .exec(tx)
        .await
        .on_constraint("name_key", taken)?;
    let entry = Entry::new("location.reactivate", "location", again.id)
        .of_shop(seller)
        .change("name", location.name, name);
    audit::record(tx, caller, &[entry]).await?;
    Ok(again.id)
}
