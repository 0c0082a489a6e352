//! Totals and what they are made of, as the API shows them to those who work in the shop.

use super::Location;
use crate::{
    catalogue::graphql::Variant,
    error::Result,
    graphql::{ids::encode, loaders, nullable},
    inventory::{Level, Stock},
};
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::ids::VariantId;
use std::sync::Arc;

/// What lies of a variant at a location.
pub(crate) struct StockLevel(Arc<Level>);

/// What lies of a variant at a location.
#[Object]
impl StockLevel {
    /// Where it lies.
    async fn location(&self, ctx: &Context<'_>) -> Option<Result<Location>> {
        let id = self.0.location_id;
        nullable(loaders(ctx).objects.locations.load(id).await)
    }

    /// How many units lie there.
    async fn on_hand(&self) -> i64 {
        self.0.on_hand
    }

    /// Counts its movements: pass it as `expectedVersion` when you counted. Where nothing ever lay it is 0.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When units last came or went.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// What lies of a variant, and where, as far as the caller sees it.
pub(crate) async fn levels_of(ctx: &Context<'_>, variant: VariantId) -> Result<Vec<StockLevel>> {
    let found = loaders(ctx).objects.levels_of_variant.load(variant).await?;
    let levels = found.iter().flat_map(|levels| levels.iter());
    Ok(levels.map(|level| StockLevel(Arc::clone(level))).collect())
}

/// The stock of a variant.
pub(crate) struct StockItem(Arc<Stock>);

impl From<Arc<Stock>> for StockItem {
    fn from(row: Arc<Stock>) -> Self {
        Self(row)
    }
}

/// The stock of a variant, as those see it who work in its shop.
#[Object]
impl StockItem {
    /// The variant's id.
    async fn variant_id(&self) -> ID {
        encode(self.0.variant_id)
    }

    /// The variant; nothing where it was deleted.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<Variant>> {
        let id = self.0.variant_id;
        nullable(loaders(ctx).objects.variants.load(id).await)
    }

    /// Whether units are counted; what is not counted can always be bought.
    async fn tracked(&self) -> bool {
        self.0.tracked
    }

    /// How many units there are, wherever they lie.
    async fn on_hand(&self) -> i64 {
        self.0.on_hand
    }

    /// How many of them are promised to orders.
    async fn reserved(&self) -> i64 {
        self.0.reserved
    }

    /// How many of them can be bought.
    async fn available(&self) -> i64 {
        self.0.on_hand.saturating_sub(self.0.reserved)
    }

    /// With so many that can be bought, or fewer, there are too few; nothing where nobody said so.
    async fn low_threshold(&self) -> Option<i64> {
        self.0.low_threshold
    }

    /// Whether there are too few.
    async fn is_low(&self) -> bool {
        self.0.is_low
    }

    /// What lies at each of the shop's locations; at most twenty.
    async fn levels(&self, ctx: &Context<'_>) -> Result<Vec<StockLevel>> {
        levels_of(ctx, self.0.variant_id).await
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}
