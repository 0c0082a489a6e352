//! Finding locations. Those who work in the shop see them, as they were just written.

use crate::{
    caller::Caller,
    error::{Error, Result},
    inventory::Location,
    platform::{
        keys,
        keyset::{ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
    sellers::members::sees_inside,
};
use entity::ids::LocationId;
use entity::inventory::location::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: Column) -> Expr {
    Expr::col((Entity, column))
}

/// The locations whose shop the caller sees inside.
fn visible(caller: &Caller) -> Select<Entity> {
    let seen = sees_inside(caller, column(Column::SellerId));
    Entity::find().filter(seen.unwrap_or_else(|| Expr::cust("1 = 0")))
}

/// Locations in the order in which they were made.
pub(crate) fn order() -> Order<Location> {
    Order {
        name: "locations by id",
        key: None,
        id: column(Column::Id),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

fn lists(caller: &Caller) -> ChildLists<Entity> {
    ChildLists {
        list: visible(caller).filter(Column::DeactivatedAt.is_null()),
        belongs_to: |key| column(Column::SellerId).eq(key).into(),
        columns: Columns::all(),
        order: order(),
    }
}

/// The same page of each shop's active locations.
pub(crate) async fn of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<Location>>>> {
    let db = caller.database.write();
    lists(caller).fetch(db, sellers, page).await
}

/// How many active locations each shop has.
pub(crate) async fn counts_of_sellers(
    caller: &Caller,
    sellers: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    lists(caller).count(caller.database.write(), sellers).await
}

/// The locations with these ids, those too that are not active any more.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<LocationId>,
) -> Result<HashMap<LocationId, Arc<Location>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let is_asked_for = keys::is_among(caller.database.backend(), column(Column::Id), &ids);
    let found = visible(&caller).filter(is_asked_for);
    let rows = found.all(caller.database.write()).await?;
    let rows = rows.into_iter().map(|row| (row.id, Arc::new(row)));
    Ok(rows.collect())
}

/// A location, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id_written(caller: &Caller, id: LocationId) -> Result<Arc<Location>> {
    let found = visible(caller).filter(Column::Id.eq(id));
    let found = found.one(caller.database.write()).await?;
    found.map(Arc::new).ok_or(Error::NotFound("location"))
}
