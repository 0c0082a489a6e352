//! Finding orders: people see their own, guests those of their token, support all, and shops their parts.

use super::{Fulfilment, Order, OrderLine, view::OrderFilter};
use crate::{
    accounts::token_hash,
    caller::Caller,
    error::{Error, Result},
    payments::{self, Payment},
    permissions::Permission,
    platform::{
        database::{Tx, lists},
        keyset::{self, Cursor, Order as Sorting, Page, Slice, SortKey},
    },
    sellers::members,
};
use entity::ids::{FulfilmentId, OrderId, SellerId};
use entity::orders::{fulfilment, line, order};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Select,
    sea_query::{Cond, Expr},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Longest text that is looked at as a token.
const LONGEST_TOKEN: usize = 100;

/// Which order is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OrderRef {
    /// The one with this id.
    Id(OrderId),
    /// The last one made of the cart whose token has this hash.
    Token(String),
    /// The one that people call by this number.
    Number(i64),
}

impl OrderRef {
    /// The order with this id, or of this token.
    ///
    /// # Errors
    /// Invalid when it is both or neither; `NotFound` where the token is none.
    pub(crate) fn read(id: Option<OrderId>, token: Option<&str>) -> Result<Self> {
        match (id, token) {
            (Some(id), None) => Ok(Self::Id(id)),
            (None, Some(token)) if token.len() <= LONGEST_TOKEN => {
                Ok(Self::Token(token_hash(token)))
            }
            (None, Some(_)) => Err(Error::NotFound("order")),
            _ => Err(Error::invalid("id", "Pass either `id` or `token`.")),
        }
    }

    /// As far as the caller may see it: its own, or anyone's with `permission`.
    fn find(&self, caller: &Caller, permission: Permission) -> Result<Select<order::Entity>> {
        use order::Column as C;
        let found = order::Entity::find().order_by_desc(C::Id);
        let meant = match self {
            Self::Token(hash) => return Ok(found.filter(C::TokenHash.eq(hash.as_str()))),
            Self::Id(id) => C::Id.eq(*id),
            Self::Number(number) => C::Number.eq(*number),
        };
        let found = found.filter(meant);
        if caller.require(permission).is_ok() {
            return Ok(found);
        }
        let (person, _) = caller.require_session()?;
        Ok(found.filter(C::CustomerId.eq(person.account)))
    }

    /// The order, in the transaction of a write.
    ///
    /// # Errors
    /// Unauthenticated; `NotFound`.
    pub(super) async fn find_in(
        &self,
        tx: &Tx,
        caller: &Caller,
        permission: Permission,
    ) -> Result<Order> {
        let found = self.find(caller, permission)?.one(tx).await?;
        found.ok_or(Error::NotFound("order"))
    }
}

/// An order with all that is in it.
pub(crate) struct OrderView {
    pub(crate) order: Arc<Order>,
    pub(crate) parts: Vec<Arc<PartView>>,
    /// Nothing where nothing was to be paid, or the wallet pays.
    pub(crate) payment: Option<Arc<Payment>>,
}

/// A shop's part of an order.
pub(crate) struct PartView {
    pub(crate) part: Arc<Fulfilment>,
    pub(crate) order: Arc<Order>,
    pub(crate) lines: Vec<OrderLine>,
}

/// The order that is meant, with all that is in it: four statements.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn view(caller: &Caller, meant: &OrderRef) -> Result<Arc<OrderView>> {
    let found = meant.find(caller, Permission::OrdersRead)?;
    found_view(caller, found).await
}

/// The same, where it is the order `id`: of a cart that was given back, its token means another by and by.
///
/// # Errors
/// As [`view`].
pub(crate) async fn view_of(
    caller: &Caller,
    meant: &OrderRef,
    id: OrderId,
) -> Result<Arc<OrderView>> {
    let found = meant.find(caller, Permission::OrdersRead)?;
    found_view(caller, found.filter(order::Column::Id.eq(id))).await
}

async fn found_view(caller: &Caller, found: Select<order::Entity>) -> Result<Arc<OrderView>> {
    let found = found.one(caller.database.write()).await?;
    let order = Arc::new(found.ok_or(Error::NotFound("order"))?);
    let views = views(caller, vec![order]).await?;
    views.into_iter().next().ok_or(Error::NotFound("order"))
}

/// The id of the order that is meant, as far as the caller may see it.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn id_of(caller: &Caller, meant: &OrderRef) -> Result<OrderId> {
    let found = meant.find(caller, Permission::OrdersRead)?;
    let found = found.one(caller.database.write()).await?;
    Ok(found.ok_or(Error::NotFound("order"))?.id)
}

/// Orders that were given to the caller, with all that is in them: three statements for any number.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn views(caller: &Caller, orders: Vec<Arc<Order>>) -> Result<Vec<Arc<OrderView>>> {
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let backend = caller.database.backend();
    let parts = fulfilment::Entity::find()
        .filter(lists::is_among_ids(
            backend,
            fulfilment::Column::OrderId,
            &ids,
        ))
        .order_by_asc(fulfilment::Column::SellerId)
        .all(caller.database.write())
        .await?;
    let mut lines = lines_of(caller, line::Column::OrderId, &ids).await?;
    let subjects: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut paid = payments::of_subjects(caller, &subjects).await?;
    let mut of_order: HashMap<OrderId, Vec<Arc<PartView>>> = HashMap::new();
    let by_id: HashMap<_, _> = orders.iter().map(|order| (order.id, order)).collect();
    for part in parts {
        let Some(order) = by_id.get(&part.order_id) else {
            continue;
        };
        let view = PartView {
            lines: lines.remove(&part.id).unwrap_or_default(),
            order: Arc::clone(order),
            part: Arc::new(part),
        };
        of_order.entry(order.id).or_default().push(Arc::new(view));
    }
    let views = orders.into_iter().map(|order| {
        Arc::new(OrderView {
            parts: of_order.remove(&order.id).unwrap_or_default(),
            payment: paid.remove(&order.id.0),
            order,
        })
    });
    Ok(views.collect())
}

async fn lines_of(
    caller: &Caller,
    column: line::Column,
    ids: &[impl Into<Uuid> + Copy],
) -> Result<HashMap<FulfilmentId, Vec<OrderLine>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
    let rows = line::Entity::find()
        .filter(lists::is_among_ids(caller.database.backend(), column, &ids))
        .order_by_asc(line::Column::Id)
        .all(caller.database.write())
        .await?;
    let mut lines: HashMap<FulfilmentId, Vec<OrderLine>> = HashMap::new();
    for row in rows {
        lines.entry(row.fulfilment_id).or_default().push(row);
    }
    Ok(lines)
}

/// Orders, the last to be made first.
pub(crate) fn order() -> Sorting<Order> {
    Sorting {
        name: "orders by id",
        key: None,
        id: Expr::col((order::Entity, order::Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

fn own(caller: &Caller, filter: &OrderFilter) -> Result<Select<order::Entity>> {
    let (person, _) = caller.require_session()?;
    let own = order::Entity::find().filter(order::Column::CustomerId.eq(person.account));
    Ok(filter.among(caller.database.backend(), own))
}

/// A page of the caller's own orders. Not by the view: what someone has just bought is to be there, and one's orders are few enough to go through.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn of_viewer(
    caller: &Caller,
    filter: &OrderFilter,
    page: &Page,
) -> Result<Slice<Order>> {
    let list = own(caller, filter)?.into_query();
    keyset::fetch(caller.database.write(), list, &order(), page).await
}

/// How many there are.
///
/// # Errors
/// As [`of_viewer`].
pub(crate) async fn count_of_viewer(caller: &Caller, filter: &OrderFilter) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller, filter)?.into_query()).await
}

/// The parts that the caller may see as one who works in their shops.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(super) fn visible_parts(caller: &Caller) -> Result<Select<fulfilment::Entity>> {
    caller.require_session()?;
    let seller = Expr::col((fulfilment::Entity, fulfilment::Column::SellerId));
    let mut seen = Cond::any();
    if let Some(inside) = members::sees_inside(caller, seller) {
        seen = seen.add(inside);
    }
    Ok(fulfilment::Entity::find()
        .filter(seen)
        // What is not paid is nothing for a shop yet, and never was where it came to nothing.
        .filter(Expr::cust(
            "EXISTS (SELECT 1 FROM customer_order o WHERE o.id = order_fulfilment.order_id AND o.number IS NOT NULL)",
        )))
}

/// One part, for those who work in its shop.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn part(caller: &Caller, id: FulfilmentId) -> Result<Arc<PartView>> {
    let found = visible_parts(caller)?
        .filter(fulfilment::Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    let found = found.ok_or(Error::NotFound("fulfilment"))?;
    let views = part_views(caller, vec![Arc::new(found)]).await?;
    let view = views.into_iter().next();
    view.ok_or(Error::NotFound("fulfilment"))
}

/// The shop's part of an order, for those who work in the shop; nothing where they do not, or it is not paid.
///
/// # Errors
/// Unauthenticated; whatever the database says.
pub(crate) async fn part_of_seller(
    caller: &Caller,
    seller: SellerId,
    order: OrderId,
) -> Result<Option<Arc<PartView>>> {
    let found = visible_parts(caller)?
        .filter(fulfilment::Column::OrderId.eq(order))
        .filter(fulfilment::Column::SellerId.eq(seller))
        .one(caller.database.write())
        .await?;
    let views = part_views(caller, found.into_iter().map(Arc::new).collect()).await?;
    Ok(views.into_iter().next())
}

/// Parts that were given to the caller, with all that is in them: two statements for any number.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn part_views(
    caller: &Caller,
    parts: Vec<Arc<Fulfilment>>,
) -> Result<Vec<Arc<PartView>>> {
    let ids: Vec<_> = parts.iter().map(|part| part.id).collect();
    let of: Vec<_> = parts.iter().map(|part| part.order_id).collect();
    let orders = order::Entity::find()
        .filter(lists::is_among_ids(
            caller.database.backend(),
            order::Column::Id,
            &of,
        ))
        .all(caller.database.write())
        .await?;
    let orders = orders.into_iter().map(|order| (order.id, Arc::new(order)));
    let orders: HashMap<_, _> = orders.collect();
    let mut lines = lines_of(caller, line::Column::FulfilmentId, &ids).await?;
    let views = parts.into_iter().map(|part| {
        let order = orders.get(&part.order_id).map(Arc::clone);
        Ok(Arc::new(PartView {
            lines: lines.remove(&part.id).unwrap_or_default(),
            order: order.ok_or(Error::NotFound("order"))?,
            part,
        }))
    });
    views.collect()
}
