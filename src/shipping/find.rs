//! Finding ways of shipping. All of a shop's are for those who work in it; carts show those that can be chosen.

use super::ShippingMethod;
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
    sellers::members,
};
use entity::ids::{SellerId, ShippingMethodId};
use entity::shipping::method::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};
use std::sync::Arc;

/// Ways of shipping, the last to be made first.
pub(crate) fn order() -> Order<ShippingMethod> {
    Order {
        name: "shipping methods by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// Those of shops in which the caller works.
fn visible(caller: &Caller) -> Select<Entity> {
    let seen = members::sees_inside(caller, Expr::col((Entity, Column::SellerId)));
    Entity::find().filter(seen.unwrap_or_else(|| Expr::cust("1 = 0")))
}

/// A page of the shop's.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn list(
    caller: &Caller,
    seller: SellerId,
    page: &Page,
) -> Result<Slice<ShippingMethod>> {
    caller.require_person()?;
    let of_shop = visible(caller).filter(Column::SellerId.eq(seller));
    // Whoever has just made one wants to see it, which a replica may not have heard of.
    keyset::fetch(
        caller.database.write(),
        of_shop.into_query(),
        &order(),
        page,
    )
    .await
}

/// How many the shop has.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn count(caller: &Caller, seller: SellerId) -> Result<u64> {
    caller.require_person()?;
    let of_shop = visible(caller).filter(Column::SellerId.eq(seller));
    keyset::count(caller.database.write(), of_shop.into_query()).await
}

/// One of them, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: ShippingMethodId) -> Result<Arc<ShippingMethod>> {
    let found = visible(caller)
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found
        .map(Arc::new)
        .ok_or(Error::NotFound("shipping method"))
}
