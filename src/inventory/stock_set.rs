//! Setting how many units there are, for many variants at once.

use super::{
    LowStock, StockChanged,
    movements::{Movement, Mover, move_units},
    news::stock_changed,
    reservations::shelves,
    rules::{empty, is_low},
};
use crate::{
    error::{Error, Result},
    platform::database::{
        Tx, bulk,
        lists::{self, is_among_ids},
    },
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, ProductId, SellerId, VariantId};
use entity::inventory::{
    movement::Reason,
    stock::{Column, Entity, Model},
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, SqlErr, Statement};
use std::collections::{HashMap, HashSet};

/// What the stock of a variant shall be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StockWish {
    pub(crate) variant: VariantId,
    pub(crate) product: ProductId,
    pub(crate) seller: SellerId,
    /// Units in the seller's hands, not negative; as many as now where this says nothing, none for a new variant.
    pub(crate) on_hand: Option<i64>,
    /// Whether units are counted; as now where this says nothing, counted for a new variant.
    pub(crate) tracked: Option<bool>,
}

/// What wishes come to.
#[derive(Default)]
pub(crate) struct StockPlan {
    /// Rows that change or are new.
    changes: Vec<Planned>,
    /// Why the stock of the other variants stays as it is, as a sentence.
    pub(crate) refused: Vec<(VariantId, String)>,
}

/// A total as it shall be.
struct Planned {
    row: Model,
    before: Option<Model>,
}

impl Planned {
    /// How many units come; negative where they go.
    fn delta(&self) -> i64 {
        self.row.on_hand - self.before.as_ref().map_or(0, |row| row.on_hand)
    }
}

/// What there is to tell of stock that was set.
#[derive(Default)]
pub(crate) struct StockNews {
    pub(crate) changed: Vec<StockChanged>,
    pub(crate) low: Vec<LowStock>,
}

impl StockPlan {
    /// The products whose stock changes, each once.
    pub(crate) fn products(&self) -> HashSet<ProductId> {
        self.changes
            .iter()
            .map(|change| change.row.product_id)
            .collect()
    }
}

/// Compares `wishes` with the stock there is.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn stock_plan(
    db: &impl ConnectionTrait,
    wishes: &[StockWish],
    now: DateTime<Utc>,
) -> Result<StockPlan> {
    let mut plan = StockPlan::default();
    let variants: Vec<VariantId> = wishes.iter().map(|wish| wish.variant).collect();
    if variants.is_empty() {
        return Ok(plan);
    }
    let backend = db.get_database_backend();
    let rows = Entity::find()
        .filter(is_among_ids(backend, Column::VariantId, &variants))
        .all(db)
        .await?;
    let rows: HashMap<VariantId, Model> =
        rows.into_iter().map(|row| (row.variant_id, row)).collect();
    for wish in wishes {
        let before = rows.get(&wish.variant);
        match change(wish, before, now) {
            Ok(row) => plan.changes.extend(row.map(|row| Planned {
                row,
                before: before.cloned(),
            })),
            Err(reason) => plan.refused.push((wish.variant, reason)),
        }
    }
    Ok(plan)
}

/// Does what was planned, and returns what there is to tell of it. Whether products can be bought is then the caller's to
/// refresh, and the events are to be emitted, last. Units come to the shops' first locations, and go from there as far as there are any.
///
/// # Errors
/// Contended where someone else entered the first stock of a variant at the same moment; whatever the database says, for example that
/// more units are promised by now than there would be.
pub(crate) async fn stock_set(
    tx: &Tx,
    plan: &mut StockPlan,
    now: DateTime<Utc>,
) -> Result<StockNews> {
    use Column::{IsLow, OnHand, Tracked, UpdatedAt};
    let changes = std::mem::take(&mut plan.changes);
    if changes.is_empty() {
        return Ok(StockNews::default());
    }
    let news = news_of(&changes);
    let movements = movements(tx, &changes).await?;
    let (new, known): (Vec<_>, Vec<_>) =
        (changes.into_iter()).partition(|change| change.before.is_none());
    let rows = |changes: Vec<Planned>| changes.into_iter().map(|change| change.row).collect();
    bulk::insert::<Entity>(tx, rows(new)).await.map_err(taken)?;
    let changed = [OnHand, Tracked, UpdatedAt, IsLow];
    bulk::upsert::<Entity>(tx, rows(known), &changed).await?;
    move_units(tx, &Mover::system(now), &movements).await?;
    Ok(news)
}

/// The error, or where the database refused a second row of a variant, that someone else made one meanwhile.
fn taken(error: Error) -> Error {
    let Error::Internal { source, .. } = &error else {
        return error;
    };
    let refused = source.downcast_ref::<DbErr>().and_then(DbErr::sql_err);
    match refused {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Contended,
        _ => error,
    }
}

/// How units come and go.
async fn movements(tx: &Tx, changes: &[Planned]) -> Result<Vec<Movement>> {
    let fewer = changes.iter().filter(|change| change.delta() < 0);
    let fewer: Vec<VariantId> = fewer.map(|change| change.row.variant_id).collect();
    let mut shelves = if fewer.is_empty() {
        HashMap::new()
    } else {
        shelves(tx, &fewer).await?
    };
    let mut movements = Vec::new();
    for change in changes.iter().filter(|change| change.delta() != 0) {
        let (row, delta) = (&change.row, change.delta());
        let first = LocationId(row.seller_id.0);
        let mut moved = |location, delta| {
            movements.push(Movement {
                variant: row.variant_id,
                seller: row.seller_id,
                location,
                reason: Reason::Imported,
                delta,
                holder: None,
            });
        };
        if delta > 0 {
            moved(first, delta);
            continue;
        }
        let mut shelves = shelves.remove(&row.variant_id).unwrap_or_default();
        shelves.sort_by_key(|shelf| shelf.location != first);
        let picked = empty(&shelves, -delta).ok_or_else(|| {
            Error::internal(anyhow::anyhow!(
                "less of variant {} lies at its locations than its total says: run `tradewind doctor`",
                row.variant_id.0
            ))
        })?;
        for shelf in picked {
            moved(shelf.location, -shelf.on_hand);
        }
    }
    Ok(movements)
}

fn news_of(changes: &[Planned]) -> StockNews {
    let rows = changes.iter().map(|change| &change.row);
    let changed = stock_changed(rows.map(|row| (row.product_id, row.seller_id, row.variant_id)));
    let is_low_now = |change: &&Planned| {
        change.row.is_low && !change.before.as_ref().is_some_and(|before| before.is_low)
    };
    let low = changes.iter().filter(is_low_now).map(|change| {
        let row = &change.row;
        LowStock {
            variant_id: row.variant_id,
            product_id: row.product_id,
            seller_id: row.seller_id,
            available: row.on_hand.saturating_sub(row.reserved),
            threshold: row.low_threshold.unwrap_or_default(),
        }
    });
    StockNews {
        changed,
        low: low.collect(),
    }
}

/// Holds the stock of `products` until the transaction ends, taken in the order of its keys. Stock is held before
/// products are, see `catalogue::product_hold`.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn stock_hold(tx: &Tx, products: &[ProductId]) -> Result<()> {
    let backend = tx.get_database_backend();
    // A transaction that may write is alone on SQLite.
    if backend == DbBackend::Postgres && !products.is_empty() {
        let sql = format!(
            "SELECT variant_id FROM stock WHERE product_id {} ORDER BY variant_id FOR NO KEY UPDATE",
            lists::among_ids(backend)
        );
        let ids = lists::of_ids(backend, products);
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
            .await?;
    }
    Ok(())
}

/// The row as it shall be, or nothing where it is so already.
fn change(
    wish: &StockWish,
    before: Option<&Model>,
    now: DateTime<Utc>,
) -> Result<Option<Model>, String> {
    let row = Model {
        variant_id: wish.variant,
        product_id: wish.product,
        seller_id: wish.seller,
        on_hand: wish
            .on_hand
            .or(before.map(|row| row.on_hand))
            .unwrap_or_default(),
        reserved: before.map_or(0, |row| row.reserved),
        tracked: wish
            .tracked
            .or(before.map(|row| row.tracked))
            .unwrap_or(true),
        updated_at: before.map_or(now, |row| row.updated_at),
        low_threshold: before.and_then(|row| row.low_threshold),
        is_low: before.is_some_and(|row| row.is_low),
    };
    if before == Some(&row) {
        return Ok(None);
    }
    if row.on_hand < row.reserved {
        return Err(format!(
            "{} units are promised to orders, so there cannot be {}: the stock stays as it is.",
            row.reserved, row.on_hand
        ));
    }
    Ok(Some(Model {
        updated_at: now,
        is_low: is_low(&row),
        ..row
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(on_hand: Option<i64>, tracked: Option<bool>) -> StockWish {
        StockWish {
            variant: VariantId::generate(),
            product: ProductId::generate(),
            seller: SellerId::generate(),
            on_hand,
            tracked,
        }
    }

    #[test]
    fn new_stock_is_counted_from_nothing() {
        let now = DateTime::default();
        let row = change(&wish(None, None), None, now).unwrap().unwrap();
        assert_eq!((row.on_hand, row.reserved, row.tracked), (0, 0, true));
    }

    #[test]
    fn stock_never_falls_below_what_is_promised() {
        let now = DateTime::default();
        let first = wish(Some(5), Some(true));
        let mut row = change(&first, None, now).unwrap().unwrap();
        row.reserved = 3;
        assert_eq!(change(&first, Some(&row), now), Ok(None));
        let less = |on_hand| StockWish {
            on_hand: Some(on_hand),
            ..first
        };
        let changed = change(&less(3), Some(&row), now).unwrap().unwrap();
        assert_eq!((changed.on_hand, changed.reserved), (3, 3));
        let reason = change(&less(2), Some(&row), now).unwrap_err();
        assert!(reason.contains("3 units are promised"), "{reason}");
    }
}
