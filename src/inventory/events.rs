//! What happens to stock, and what is done here about what happens to products.

use super::availability;
use crate::{
    catalogue::{ProductChanged, cached},
    error::Result,
    jobs::Attempt,
    outbox::{self, Delivered, Event, Subscriber},
    platform::cache::CacheTag,
};
use entity::ids::{ProductId, SellerId, VariantId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A product can be bought now, or not any more.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AvailabilityChanged {
    pub(crate) product_id: ProductId,
}

impl Event for AvailabilityChanged {
    const NAME: &'static str = "inventory.availability_changed";
    const AGGREGATE: &'static str = "product";

    fn aggregate_id(&self) -> Uuid {
        self.product_id.0
    }

    fn purges(&self) -> Vec<CacheTag> {
        vec![cached::product(self.product_id), cached::STOCKED]
    }
}

/// There are more or fewer units of some variants of a product, or they are counted now, or not any more.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StockChanged {
    pub(crate) product_id: ProductId,
    pub(crate) seller_id: SellerId,
    /// The variants, at most [`StockChanged::MOST_VARIANTS`]; of more, there are several events.
    pub(crate) variant_ids: Vec<VariantId>,
}

impl StockChanged {
    /// Most variants of one event: whoever is told of it is told of all of them at once.
    pub(crate) const MOST_VARIANTS: usize = 100;
}

impl Event for StockChanged {
    const NAME: &'static str = "inventory.stock_changed";
    // Apart from the product's other events: those are emitted in other transactions, by others.
    const AGGREGATE: &'static str = "stock";

    fn aggregate_id(&self) -> Uuid {
        self.product_id.0
    }

    // Whether the product can be bought at all, which lists go by, is told apart.
    fn purges(&self) -> Vec<CacheTag> {
        vec![cached::product(self.product_id)]
    }
}

/// Of a variant fewer units can be had than its shop wants, and that was not so before.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LowStock {
    pub(crate) variant_id: VariantId,
    pub(crate) product_id: ProductId,
    pub(crate) seller_id: SellerId,
    /// How many could be had at the time.
    pub(crate) available: i64,
    /// With how many it begins.
    pub(crate) threshold: i64,
}

impl Event for LowStock {
    const NAME: &'static str = "inventory.low_stock";
    const AGGREGATE: &'static str = "low_stock";

    fn aggregate_id(&self) -> Uuid {
        self.variant_id.0
    }

    // Only those who work in the shop see it, and what they see is not kept.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}

/// Derives anew whether a product can be bought, where it may have other variants. From the stock, so that doing it again changes
/// nothing.
pub(crate) struct RefreshAvailability;

impl Subscriber for RefreshAvailability {
    const NAME: &'static str = "inventory.refresh_availability";
    type Event = ProductChanged;

    fn wants(changed: &ProductChanged) -> bool {
        changed.variants
    }

    async fn receive(changed: &Delivered<ProductChanged>, attempt: &Attempt) -> Result<()> {
        if !changed.event.variants {
            // Handed on by an older server, which asked nobody.
            return Ok(());
        }
        attempt
            .transaction(async |tx| {
                let product_id = changed.event.product_id;
                if !availability::refresh(tx, &[product_id]).await?.is_empty() {
                    outbox::emit_one(tx, &AvailabilityChanged { product_id }).await?;
                }
                attempt.finish(tx).await
            })
            .await
    }
}
