//! Making a location.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    inventory::Location,
    platform::{database::Tx, text},
    sellers::members::{ShopPermission, may},
};
use entity::ids::{LocationId, SellerId};
use entity::inventory::location::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};

/// Most active locations of a shop, and so most levels of a variant.
pub(crate) const MOST_LOCATIONS: u64 = 20;
/// Longest name, in characters.
const NAME_LIMIT: usize = 100;
/// Greatest priority.
const LAST: i32 = 1_000;

/// A location that is made.
#[derive(Clone, Debug)]
pub(crate) struct LocationCreate {
    pub(crate) seller: SellerId,
    pub(crate) name: String,
    /// What is sold is taken from the lowest first.
    pub(crate) priority: i32,
}

/// Makes a location of a shop.
///
/// # Errors
/// Invalid when the name is none, or taken; Conflict when the shop has enough; `NotFound` for whoever does not work in the shop, Forbidden
/// for whoever does and may not.
pub(crate) async fn location_create(
    caller: &Caller,
    tx: &Tx,
    new: &LocationCreate,
) -> Result<LocationId> {
    let name = name(&new.name)?;
    priority(new.priority)?;
    may(tx, caller, new.seller, ShopPermission::ShopManage).await?;
    hold_room(tx, new.seller).await?;
    let now = caller.clock.now();
    let location = Location {
        id: LocationId::generate(),
        seller_id: new.seller,
        name_key: text::name_key(&name),
        name,
        priority: new.priority,
        version: 1,
        created_at: now,
        updated_at: now,
        deactivated_at: None,
    };
    let entry = Entry::new("location.create", "location", location.id)
        .of_shop(new.seller)
        .is("name", &location.name)
        .is("priority", location.priority);
    let id = location.id;
    Entity::insert(location.into_active_model())
        .exec_without_returning(tx)
        .await
        .on_constraint("name_key", taken)?;
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}

/// Holds room for one more active location until the transaction ends.
///
/// # Errors
/// Conflict when the shop has enough.
pub(super) async fn hold_room(tx: &Tx, seller: SellerId) -> Result<()> {
    // The first location is always there: who makes two at once waits here, so that both are counted.
    Entity::find_by_id(LocationId(seller.0))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?;
    let active = Entity::find()
        .filter(Column::SellerId.eq(seller))
        .filter(Column::DeactivatedAt.is_null());
    if active.count(tx).await? >= MOST_LOCATIONS {
        return Err(Error::Conflict(format!(
            "A shop has at most {MOST_LOCATIONS} active locations, and yours has them. Deactivate one first."
        )));
    }
    Ok(())
}

/// A name as it is kept.
pub(super) fn name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > NAME_LIMIT || name.chars().any(char::is_control) {
        let message =
            format!("A name has 1 to {NAME_LIMIT} characters, and no control characters.");
        return Err(Error::invalid("input.name", message));
    }
    Ok(name)
}

/// Makes sure that this is a priority.
pub(super) fn priority(priority: i32) -> Result<()> {
    if (0..=LAST).contains(&priority) {
        return Ok(());
    }
    let message = format!("A priority is 0 to {LAST}; the lowest is emptied first.");
    Err(Error::invalid("input.priority", message))
}

pub(super) fn taken() -> Error {
    let message = "Another location of the shop has this name. Choose another.";
    Error::invalid("input.name", message)
}
