//! Finding totals as those see them who work in the shop.

use super::require_inside;
use crate::{
    caller::Caller,
    error::Result,
    inventory::Stock,
    platform::{
        keys,
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
    },
    sellers::members::sees_inside,
};
use entity::ids::{SellerId, VariantId};
use entity::inventory::stock::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Which totals are asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ItemFilter {
    pub(crate) seller: SellerId,
    /// Only those of which there are too few.
    pub(crate) low: bool,
}

fn column(column: Column) -> Expr {
    Expr::col((Entity, column))
}

/// Totals in the order in which their variants were made.
pub(crate) fn order() -> Order<Stock> {
    Order {
        name: "stock by variant",
        key: None,
        id: column(Column::VariantId),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.variant_id.0,
        },
    }
}

fn filtered(filter: &ItemFilter) -> SelectStatement {
    let living = "EXISTS (SELECT 1 FROM variant WHERE variant.id = stock.variant_id AND variant.deleted_at IS NULL)";
    let mut items = Entity::find()
        .filter(Column::SellerId.eq(filter.seller))
        .filter(Expr::cust(living));
    if filter.low {
        // Written out rather than bound, so that the planner can use the index on these.
        items = items.filter(Expr::cust("stock.is_low"));
    }
    items.into_query()
}

/// A page of a shop's totals.
///
/// # Errors
/// Unauthenticated; `NotFound` for whoever does not work in the shop.
pub(crate) async fn items(
    caller: &Caller,
    filter: &ItemFilter,
    page: &Page,
) -> Result<Slice<Stock>> {
    require_inside(caller, filter.seller).await?;
    keyset::fetch(caller.database.write(), filtered(filter), &order(), page).await
}

/// How many there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// As [`items`].
pub(crate) async fn count(caller: &Caller, filter: &ItemFilter) -> Result<u64> {
    require_inside(caller, filter.seller).await?;
    keyset::count(caller.database.write(), filtered(filter)).await
}

/// The totals of these variants, of those whose shop the caller sees inside.
pub(crate) async fn items_written(
    caller: &Caller,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Arc<Stock>>> {
    let Some(inside) = sees_inside(caller, column(Column::SellerId)) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let variant = column(Column::VariantId);
    let rows = Entity::find()
        .filter(keys::is_among(caller.database.backend(), variant, &ids))
        .filter(inside)
        .all(caller.database.write())
        .await?;
    let rows = rows.into_iter().map(|row| (row.variant_id, Arc::new(row)));
    Ok(rows.collect())
}
