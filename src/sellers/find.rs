//! Finding shops, as far as the caller may see them.

use super::{cached, members};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::{
        keys,
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
    },
};
use entity::ids::SellerId;
use entity::sellers::seller::{self, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Cond, Expr, ExprTrait, Query},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What shops can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SellerSort {
    CreatedAt,
    Name,
}

/// Whether the shop of the current row is open to the public.
fn is_open() -> Cond {
    // Written out rather than bound, so that the planner can use the indexes that leave the rest out.
    Cond::all()
        .add(Expr::cust("seller.status = 'ACTIVE'"))
        .add(seller::Column::DeletedAt.is_null())
}

/// Whether the shop with id `seller` is open to the public; what belongs to one that is not is hidden with it.
pub(crate) fn is_visible(seller: Expr) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from(Entity)
            .and_where(column(seller::Column::Id).eq(seller))
            .cond_where(is_open())
            .take(),
    )
}

/// The shops that are open to the public.
fn open() -> Select<Entity> {
    Entity::find().filter(is_open())
}

/// Every shop that the caller may see: those that are open, and, where they are not, those it works in.
fn visible(caller: &Caller) -> Select<Entity> {
    let seen = match members::sees_inside(caller, column(seller::Column::Id)) {
        None => is_open(),
        Some(inside) => Cond::any().add(is_open()).add(
            Cond::all()
                .add(seller::Column::DeletedAt.is_null())
                .add(inside),
        ),
    };
    Entity::find().filter(seen)
}

fn column(column: seller::Column) -> Expr {
    Expr::col((Entity, column))
}

/// The order of shops by `sort`.
pub(crate) fn order(sort: SellerSort, descending: bool) -> Order<Model> {
    match sort {
        SellerSort::CreatedAt => Order {
            name: "sellers by id",
            key: None,
            id: column(seller::Column::Id),
            descending,
            cursor: |row| Cursor {
                key: SortKey::None,
                id: row.id.0,
            },
        },
        SellerSort::Name => Order {
            name: "sellers by name",
            key: Some(column(seller::Column::NameKey)),
            id: column(seller::Column::Id),
            descending,
            cursor: |row| Cursor {
                key: SortKey::Text(row.name_key.clone()),
                id: row.id.0,
            },
        },
    }
}

/// A page of all open shops.
pub(crate) async fn list(
    caller: &Caller,
    order: &Order<Model>,
    page: &Page,
) -> Result<Slice<Model>> {
    caller.depends_on([cached::LISTED]);
    let found = keyset::fetch(caller.database.read(), open().into_query(), order, page).await?;
    caller.depends_on(found.items().map(|row| cached::tag(row.id)));
    Ok(found)
}

/// How many open shops there are, up to [`keyset::COUNT_LIMIT`].
pub(crate) async fn count(caller: &Caller) -> Result<u64> {
    caller.depends_on([cached::LISTED]);
    keyset::count(caller.database.read(), open().into_query()).await
}

/// The shops with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<SellerId>,
) -> Result<HashMap<SellerId, Arc<Model>>> {
    // Those that are not there too: they may come.
    caller.depends_on(ids.iter().map(|id| cached::tag(*id)));
    if caller.is_the_public() {
        let fetch = async |ids| fetch_by_ids(&caller, ids).await;
        return caller.shops.sellers.get(ids, fetch).await;
    }
    fetch_by_ids(&caller, ids).await
}

async fn fetch_by_ids(
    caller: &Caller,
    ids: Vec<SellerId>,
) -> Result<HashMap<SellerId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let is_asked_for = keys::is_among(caller.database.backend(), column(seller::Column::Id), &ids);
    let rows = visible(caller)
        .filter(is_asked_for)
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// The shop with this handle.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_handle(caller: &Caller, handle: &str) -> Result<Arc<Model>> {
    let found = visible(caller)
        .filter(seller::Column::Handle.eq(handle))
        .one(caller.database.read())
        .await?
        .map(Arc::new)
        .ok_or(Error::NotFound("seller"))?;
    caller.depends_on([cached::tag(found.id)]);
    Ok(found)
}

/// A shop, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id_written(caller: &Caller, id: SellerId) -> Result<Arc<Model>> {
    let found = visible(caller).filter(seller::Column::Id.eq(id));
    let found = found.one(caller.database.write()).await?;
    found.map(Arc::new).ok_or(Error::NotFound("seller"))
}
