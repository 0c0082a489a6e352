//! Telling of totals that changed.

use super::{AvailabilityChanged, LowStock, StockChanged, availability, totals::Change};
use crate::{error::Result, outbox::Batch, platform::database::Tx};
use entity::ids::{ProductId, SellerId, VariantId};
use std::collections::{BTreeMap, BTreeSet};

/// Tells of changed totals, as [`gather`] finds what there is to tell. Last of what a room does in its transaction.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn tell(tx: &Tx, changes: &[Change]) -> Result<()> {
    let mut events = Batch::default();
    gather(tx, changes, &mut events).await?;
    events.emit(tx).await
}

/// Puts into `events` what there is to tell of changed totals, and derives anew whether products can be bought, where that may have
/// changed: products are held only then.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn gather(tx: &Tx, changes: &[Change], events: &mut Batch) -> Result<()> {
    let turned: BTreeSet<ProductId> = changes
        .iter()
        .filter(|change| turns(change))
        .map(|change| change.after.product_id)
        .collect();
    let turned = availability::refresh(tx, &Vec::from_iter(turned)).await?;
    let turned = turned.into_iter();
    let turned: Vec<_> = turned
        .map(|product_id| AvailabilityChanged { product_id })
        .collect();
    let seen = changes
        .iter()
        .filter(|change| change.available() != change.available_before);
    let stock = stock_changed(seen.map(|change| {
        let row = change.after;
        (row.product_id, row.seller_id, row.variant_id)
    }));
    let low: Vec<LowStock> = changes.iter().filter_map(is_low_now).collect();
    events.add(&turned)?;
    events.add(&stock)?;
    events.add(&low)
}

/// Whether the variant can be had now and could not before, or the other way round.
fn turns(change: &Change) -> bool {
    change.after.tracked && (change.available() > 0) != (change.available_before > 0)
}

/// What there is to tell where there are too few now and were not before.
fn is_low_now(change: &Change) -> Option<LowStock> {
    let (row, available) = (change.after, change.available());
    let threshold = row.low_threshold.filter(|_| row.tracked)?;
    let is_crossed = available <= threshold && change.available_before > threshold;
    is_crossed.then_some(LowStock {
        variant_id: row.variant_id,
        product_id: row.product_id,
        seller_id: row.seller_id,
        available,
        threshold,
    })
}

/// What there is to tell of variants whose stock changed.
pub(super) fn stock_changed(
    changes: impl Iterator<Item = (ProductId, SellerId, VariantId)>,
) -> Vec<StockChanged> {
    let mut by_product: BTreeMap<ProductId, (SellerId, Vec<VariantId>)> = BTreeMap::new();
    for (product, seller, variant) in changes {
        let of_product = by_product.entry(product);
        let (_, variants) = of_product.or_insert_with(|| (seller, Vec::new()));
        variants.push(variant);
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

#[cfg(test)]
mod tests {
    use super::{super::totals::Shifted, *};

    fn change(before: i64, after: i64, tracked: bool, threshold: Option<i64>) -> Change {
        Change {
            after: Shifted {
                variant_id: VariantId::generate(),
                product_id: ProductId::generate(),
                seller_id: SellerId::generate(),
                on_hand: after + 3,
                reserved: 3,
                tracked,
                low_threshold: threshold,
            },
            available_before: before,
        }
    }

    #[test]
    fn low_stock_is_told_once_per_crossing() {
        let told = |before, after| is_low_now(&change(before, after, true, Some(5))).is_some();
        assert!(told(6, 5) && told(9, 0));
        assert!(!told(5, 4) && !told(9, 6) && !told(4, 9));
        assert!(is_low_now(&change(9, 0, true, None)).is_none());
        assert!(is_low_now(&change(9, 0, false, Some(5))).is_none());
    }

    #[test]
    fn products_are_looked_at_only_where_a_variant_turns() {
        assert!(turns(&change(1, 0, true, None)) && turns(&change(0, 4, true, None)));
        assert!(!turns(&change(2, 1, true, None)) && !turns(&change(1, 0, false, None)));
    }
}
