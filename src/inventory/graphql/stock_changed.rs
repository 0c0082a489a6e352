//! Hearing of stock that changes.

use super::Stock;
use crate::{
    caller::Caller,
    catalogue::{Variant, graphql::Product, variants},
    error::{Error, Result},
    graphql::{
        ids::encode,
        live::{Change, ChangeKind, Interest, Watched, listen},
        loaders, nullable,
    },
    inventory::{Stock as Row, StockChanged, by_variants_written},
    outbox::Envelope,
};
use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use entity::ids::{ProductId, VariantId};
use futures_util::{Stream, StreamExt};
use std::sync::Arc;

#[derive(Default)]
pub(crate) struct InventorySubscriptions;

#[Subscription]
impl InventorySubscriptions {
    /// Changes of stock: of some variants, of all variants of some products, or of all that a shop has. Pass one of `variantIds`,
    /// `productIds` and `sellerId`.
    async fn stock_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The variants to watch, at most 100.")] variant_ids: Option<Vec<ID>>,
        #[graphql(desc = "The products to watch, at most 100.")] product_ids: Option<Vec<ID>>,
        #[graphql(desc = "The shop all of whose stock is watched.")] seller_id: Option<ID>,
        #[graphql(
            desc = "The `position` of the last event that you had: what came after it is told first."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = StockChange> + use<>> {
        let interest = match (variant_ids, product_ids, seller_id) {
            (Some(ids), None, None) => {
                Stocks::OfVariants(Watched::things::<VariantId>("variantIds", &ids)?)
            }
            (None, Some(ids), None) => {
                Stocks::OfProducts(Watched::things::<ProductId>("productIds", &ids)?)
            }
            (None, None, Some(id)) => Stocks::OfProducts(Watched::seller(&id)?),
            _ => {
                let message = "Pass exactly one of `variantIds`, `productIds` and `sellerId`.";
                return Err(Error::invalid("variantIds", message));
            }
        };
        let news = listen(ctx, after.as_deref(), interest).await?;
        Ok(news.map(|news| StockChange(Change::of(news, |_| ChangeKind::Changed))))
    }
}

enum Stocks {
    OfVariants(Watched),
    OfProducts(Watched),
}

/// The stock of variants of one product, as its viewer may see it.
struct Found {
    product: ProductId,
    variants: Vec<(Arc<Variant>, Option<Arc<Row>>)>,
}

impl Interest for Stocks {
    type Matter = StockChanged;
    type Found = Found;

    fn concerns(&self, envelope: &Envelope) -> Option<StockChanged> {
        if let Self::OfProducts(Watched::Things(ids)) = self
            && !ids.contains(&envelope.aggregate_id)
        {
            return None;
        }
        let mut changed = envelope.read::<StockChanged>().ok()??.event;
        match self {
            Self::OfVariants(Watched::Things(ids)) => {
                changed.variant_ids.retain(|id| ids.contains(&id.0));
            }
            Self::OfProducts(Watched::Seller(seller))
            | Self::OfVariants(Watched::Seller(seller))
                if *seller != changed.seller_id =>
            {
                return None;
            }
            Self::OfVariants(_) | Self::OfProducts(_) => {}
        }
        (!changed.variant_ids.is_empty()).then_some(changed)
    }

    async fn look(&self, caller: &Caller, changed: &StockChanged) -> Result<Option<Found>> {
        // Replicas may not have heard yet.
        let mut seen = variants::by_ids_written(caller, &changed.variant_ids).await?;
        if seen.is_empty() {
            return Ok(None);
        }
        let mut stock = by_variants_written(caller, &changed.variant_ids).await?;
        let variants = changed
            .variant_ids
            .iter()
            .filter_map(|id| Some((seen.remove(id)?, stock.remove(id))));
        Ok(Some(Found {
            product: changed.product_id,
            variants: variants.collect(),
        }))
    }
}

/// A change of stock, or word about the subscription itself.
pub(crate) struct StockChange(Change<Found>);

/// A change of stock, or word about the subscription itself.
#[Object]
impl StockChange {
    /// What happened.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// The id of the product whose stock it is; nothing where this is about the subscription itself.
    async fn product_id(&self) -> Option<ID> {
        self.0.found.as_ref().map(|found| encode(found.product))
    }

    /// The product whose stock it is; nothing where it is gone, or where this is about the subscription itself.
    async fn product(&self, ctx: &Context<'_>) -> Option<Result<Product>> {
        let id = self.0.found.as_ref()?.product;
        nullable(loaders(ctx).objects.products.load(id).await)
    }

    /// The variants whose stock changed, of those that you watch; at most 100.
    async fn variants(&self) -> Vec<VariantStock> {
        let found = self.0.found.as_ref();
        let variants = found.map(|found| found.variants.clone());
        let variants = variants.unwrap_or_default().into_iter();
        variants
            .map(|(variant, stock)| VariantStock { variant, stock })
            .collect()
    }

    /// When it happened; nothing where this is about the subscription itself.
    async fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.0.occurred_at
    }

    /// Where this stands in the feed: pass it as `after` to hear what came next.
    async fn position(&self) -> &str {
        &self.0.position
    }
}

/// A variant and its stock.
pub(crate) struct VariantStock {
    variant: Arc<Variant>,
    stock: Option<Arc<Row>>,
}

/// A variant, by what tells it from others, and its stock.
#[Object]
impl VariantStock {
    /// The variant's id.
    async fn variant_id(&self) -> ID {
        encode(self.variant.id)
    }

    /// The seller's stock-keeping unit; not every seller keeps one.
    async fn sku(&self) -> Option<&str> {
        self.variant.sku.as_deref()
    }

    /// Its option values joined, for example "M / Red".
    async fn name(&self) -> &str {
        &self.variant.name
    }

    /// Its stock by now; nothing while none has been entered.
    async fn stock(&self) -> Option<Stock> {
        self.stock.clone().map(Stock::from)
    }
}
