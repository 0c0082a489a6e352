//! Finding who works where. Those who work in a shop see who else does, and everyone sees where one works oneself.

use super::{SellerMember, sees_inside};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::{
        keyset::{self, ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
};
use entity::ids::SellerMemberId;
use entity::sellers::member::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: Column) -> Expr {
    Expr::col((Entity, column))
}

/// The members whom the caller may see.
fn visible(caller: &Caller) -> Select<Entity> {
    let seen = sees_inside(caller, column(Column::SellerId));
    Entity::find().filter(seen.unwrap_or_else(|| Expr::cust("1 = 0")))
}

/// Where the caller works.
fn own(caller: &Caller) -> Result<Select<Entity>> {
    let person = caller.require_person()?;
    Ok(Entity::find().filter(Column::AccountId.eq(person.account)))
}

/// Members in the order in which they came.
pub(crate) fn order() -> Order<SellerMember> {
    Order {
        name: "members by id",
        key: None,
        id: column(Column::Id),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// A page of the caller's places in shops.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn of_viewer(caller: &Caller, page: &Page) -> Result<Slice<SellerMember>> {
    let list = own(caller)?.into_query();
    keyset::fetch(caller.database.read(), list, &order(), page).await
}

/// How many shops the caller works in.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn count_of_viewer(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.read(), own(caller)?.into_query()).await
}

fn lists(caller: &Caller) -> ChildLists<Entity> {
    ChildLists {
        list: visible(caller),
        belongs_to: |key| column(Column::SellerId).eq(key).into(),
        columns: Columns::all(),
        order: order(),
    }
}

/// The same page of each shop's members.
pub(crate) async fn of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<SellerMember>>>> {
    let db = caller.database.read();
    lists(caller).fetch(db, sellers, page).await
}

/// How many members each shop has.
pub(crate) async fn counts_of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    lists(caller).count(caller.database.read(), sellers).await
}

/// A member, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: SellerMemberId) -> Result<Arc<SellerMember>> {
    let found = visible(caller).filter(Column::Id.eq(id));
    let found = found.one(caller.database.write()).await?;
    found.map(Arc::new).ok_or(Error::NotFound("member"))
}
