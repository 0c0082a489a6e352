//! Finding movements. Those who work in the shop see them, as they were just written.

use super::require_inside;
use crate::{
    caller::Caller,
    error::Result,
    inventory::{MovementReason, StockMovement},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, SellerId, VariantId};
use entity::inventory::movement::{Column, Entity};
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

/// Which movements are asked for; what is left out does not narrow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MovementFilter {
    pub(crate) seller: SellerId,
    pub(crate) variant: Option<VariantId>,
    pub(crate) location: Option<LocationId>,
    pub(crate) reason: Option<MovementReason>,
    /// Then or later.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Before then.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Newest first.
pub(crate) fn order() -> Order<StockMovement> {
    Order {
        name: "stock movements by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

fn filtered(filter: &MovementFilter) -> SelectStatement {
    let mut rows = Entity::find().filter(Column::SellerId.eq(filter.seller));
    if let Some(variant) = filter.variant {
        rows = rows.filter(Column::VariantId.eq(variant));
    }
    if let Some(location) = filter.location {
        rows = rows.filter(Column::LocationId.eq(location));
    }
    if let Some(reason) = filter.reason {
        // Written out rather than bound, so that the planner can use the index on all that is no sale. One of ours, not the client's.
        let reason = format!("stock_movement.reason = '{}'", reason.to_value());
        rows = rows.filter(Expr::cust(reason));
    }
    if let Some(since) = filter.since {
        rows = rows.filter(Column::OccurredAt.gte(since));
    }
    if let Some(until) = filter.until {
        rows = rows.filter(Column::OccurredAt.lt(until));
    }
    rows.into_query()
}

/// A page of a shop's movements.
///
/// # Errors
/// Unauthenticated; `NotFound` for whoever does not work in the shop.
pub(crate) async fn movements(
    caller: &Caller,
    filter: &MovementFilter,
    page: &Page,
) -> Result<Slice<StockMovement>> {
    require_inside(caller, filter.seller).await?;
    keyset::fetch(caller.database.write(), filtered(filter), &order(), page).await
}

/// How many there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// As [`movements`].
pub(crate) async fn count(caller: &Caller, filter: &MovementFilter) -> Result<u64> {
    require_inside(caller, filter.seller).await?;
    keyset::count(caller.database.write(), filtered(filter)).await
}
