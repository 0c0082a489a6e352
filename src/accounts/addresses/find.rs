//! Finding addresses. People see their own.

use super::Address;
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::address::{Column, Entity};
use entity::ids::AddressId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};
use std::sync::Arc;

/// The order of addresses: the last to be noted first.
pub(crate) fn order() -> Order<Address> {
    Order {
        name: "addresses by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// The caller's own.
fn own(caller: &Caller) -> Result<Select<Entity>> {
    let (person, _) = caller.require_session()?;
    Ok(Entity::find().filter(Column::CustomerId.eq(person.account)))
}

/// A page of the caller's addresses.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn list(
    caller: &Caller,
    order: &Order<Address>,
    page: &Page,
) -> Result<Slice<Address>> {
    // Whoever has just noted one wants to choose it, which a replica may not have heard of.
    let own = own(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, order, page).await
}

/// How many addresses the caller has.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn count(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller)?.into_query()).await
}

/// The caller's address with this id.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: AddressId) -> Result<Arc<Address>> {
    let found = own(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("address"))
}
