//! Pages of orders: the view says which are on them, and the orders themselves what they are.

use super::{OrderFilter, PartFilter};
use crate::{
    caller::Caller,
    error::{Error, Result},
    orders::{
        OrderView, PartView,
        find::{part_views, views, visible_parts},
    },
    permissions::Permission,
    platform::{
        database::lists,
        keyset::{self, Cursor, Order as Sorting, Page, Slice, SortKey},
    },
    sellers::members,
};
use entity::ids::SellerId;
use entity::orders::{fulfilment, order, view, view_part};
use sea_orm::{
    EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What orders can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderSort {
    PlacedAt,
    Total,
}

/// The order of a list of orders.
pub(crate) struct ListOrder {
    sort: OrderSort,
    sorting: Sorting<view::Model>,
}

impl ListOrder {
    /// By when they were bought or by what they come to.
    pub(crate) fn new(sort: OrderSort, descending: bool) -> Self {
        let column = |column| Expr::col((view::Entity, column));
        let (name, key, cursor): (_, _, fn(&view::Model) -> Cursor) = match sort {
            OrderSort::PlacedAt => ("orders by time", view::Column::PlacedMs, |row| Cursor {
                key: SortKey::Integer(row.placed_ms),
                id: row.id.0,
            }),
            OrderSort::Total => ("orders by total", view::Column::Total, |row| Cursor {
                key: SortKey::Integer(row.total),
                id: row.id.0,
            }),
        };
        let sorting = Sorting {
            name,
            key: Some(column(key)),
            id: column(view::Column::Id),
            descending,
            cursor,
        };
        Self { sort, sorting }
    }

    /// Tells it from others.
    pub(crate) fn name(&self) -> &'static str {
        self.sorting.name
    }
}

/// Parts of orders, the last to be bought first.
pub(crate) fn part_order() -> Sorting<view_part::Model> {
    let column = |column| Expr::col((view_part::Entity, column));
    Sorting {
        name: "fulfilments by time",
        key: Some(column(view_part::Column::PlacedMs)),
        id: column(view_part::Column::Id),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::Integer(row.placed_ms),
            id: row.id.0,
        },
    }
}

/// A page of anyone's orders, with all that is in them: five statements. An order is listed by what the view says, and shown as it is.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not see orders of others.
pub(crate) async fn list(
    caller: &Caller,
    filter: &OrderFilter,
    order: &ListOrder,
    page: &Page,
) -> Result<Slice<OrderView>> {
    let db = caller.database.write();
    let list = orders_in(caller, filter, order.sort)?;
    let slice = keyset::fetch(db, list, &order.sorting, page).await?;
    let ids: Vec<_> = slice.items().map(|row| row.id).collect();
    let is_listed = lists::is_among_ids(caller.database.backend(), order::Column::Id, &ids);
    let rows = order::Entity::find().filter(is_listed).all(db).await?;
    let found = views(caller, rows.into_iter().map(Arc::new).collect()).await?;
    let found = found.into_iter().map(|view| (view.order.id.0, view));
    Ok(shown(slice, &found.collect()))
}

/// How many there are.
///
/// # Errors
/// As [`list`].
pub(crate) async fn count(caller: &Caller, filter: &OrderFilter) -> Result<u64> {
    let list = orders_in(caller, filter, OrderSort::PlacedAt)?;
    keyset::count(caller.database.write(), list).await
}

fn orders_in(caller: &Caller, filter: &OrderFilter, sort: OrderSort) -> Result<SelectStatement> {
    caller.require(Permission::OrdersRead)?;
    let backend = caller.database.backend();
    Ok(filter.in_view(backend, sort).into_query())
}

/// A shop's parts of orders.
pub(crate) struct Listing {
    /// The shop.
    pub(crate) seller: SellerId,
    /// Which of them.
    pub(crate) filter: PartFilter,
}

impl Listing {
    fn query(&self, caller: &Caller) -> Result<SelectStatement> {
        caller.require_session()?;
        let seller = Expr::col((view_part::Entity, view_part::Column::SellerId));
        let inside = members::sees_inside(caller, seller).ok_or(Error::Unauthenticated)?;
        let parts = self.filter.in_view(caller.database.backend(), self.seller);
        Ok(parts.filter(inside).into_query())
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`of_seller`].
    pub(crate) async fn count(&self, caller: &Caller) -> Result<u64> {
        keyset::count(caller.database.write(), self.query(caller)?).await
    }
}

/// A page of what the shop has sold, for those who work in it; for everyone else there is nothing. Four statements.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn of_seller(
    caller: &Caller,
    listing: &Listing,
    page: &Page,
) -> Result<Slice<PartView>> {
    let (db, list) = (caller.database.write(), listing.query(caller)?);
    let slice = keyset::fetch(db, list, &part_order(), page).await?;
    let ids: Vec<_> = slice.items().map(|row| row.id).collect();
    let is_listed = lists::is_among_ids(caller.database.backend(), fulfilment::Column::Id, &ids);
    // Seen by what the parts are, whatever the view says.
    let rows = visible_parts(caller)?.filter(is_listed).all(db).await?;
    let found = part_views(caller, rows.into_iter().map(Arc::new).collect()).await?;
    let found = found.into_iter().map(|view| (view.part.id.0, view));
    Ok(shown(slice, &found.collect()))
}

/// The page with what was found in the places of its rows.
fn shown<M, V>(slice: Slice<M>, found: &HashMap<Uuid, Arc<V>>) -> Slice<V> {
    let rows = slice.rows.into_iter().filter_map(|(cursor, _)| {
        let view = found.get(&cursor.id)?;
        Some((cursor, Arc::clone(view)))
    });
    Slice {
        rows: rows.collect(),
        has_next: slice.has_next,
        has_previous: slice.has_previous,
    }
}
