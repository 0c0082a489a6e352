//! Setting how many units there are, for many variants at once.

use super::StockChanged;
use crate::{
    error::Result,
    platform::database::{
        Tx, bulk,
        lists::{self, is_among_ids},
    },
};
use chrono::{DateTime, Utc};
use entity::ids::{ProductId, SellerId, VariantId};
use entity::inventory::stock::{Column, Entity, Model};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use std::collections::{BTreeMap, HashMap, HashSet};

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
    changes: Vec<Model>,
    /// Why the stock of the other variants stays as it is, as a sentence.
    pub(crate) refused: Vec<(VariantId, String)>,
}

impl StockPlan {
    /// The products whose stock changes, each once.
    pub(crate) fn products(&self) -> HashSet<ProductId> {
        self.changes
            .iter()
            .map(|change| change.product_id)
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
        match change(wish, rows.get(&wish.variant), now) {
            Ok(change) => plan.changes.extend(change),
            Err(reason) => plan.refused.push((wish.variant, reason)),
        }
    }
    Ok(plan)
}

/// Does what was planned, and returns what there is to tell of it. Whether products can be bought is then the caller's to
/// refresh, and the events are to be emitted, last.
///
/// # Errors
/// Whatever the database says, for example that more units are promised by now than there would be.
pub(crate) async fn stock_set(tx: &Tx, plan: &mut StockPlan) -> Result<Vec<StockChanged>> {
    use Column::{OnHand, Tracked, UpdatedAt};
    let changes = std::mem::take(&mut plan.changes);
    let events = events_of(&changes);
    bulk::upsert::<Entity>(tx, changes, &[OnHand, Tracked, UpdatedAt]).await?;
    Ok(events)
}

fn events_of(changes: &[Model]) -> Vec<StockChanged> {
    let mut by_product: BTreeMap<ProductId, (SellerId, Vec<VariantId>)> = BTreeMap::new();
    for change in changes {
        let of_product = by_product.entry(change.product_id);
        let (_, variants) = of_product.or_insert_with(|| (change.seller_id, Vec::new()));
        variants.push(change.variant_id);
    }
    let mut events = Vec::new();
    for (product_id, (seller_id, variants)) in by_product {
        let parts = variants.chunks(StockChanged::MOST_VARIANTS);
        events.extend(parts.map(|part| StockChanged {
            product_id,
            seller_id,
            variant_ids: part.to_vec(),
        }));
    }
    events
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
