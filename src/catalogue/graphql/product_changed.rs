//! Hearing of products that change.

use super::Product;
use crate::{
    caller::Caller,
    catalogue::{Product as Row, ProductChanged, products},
    error::{Error, Result},
    graphql::{
        ids::encode,
        live::{Change, ChangeKind, Interest, Watched, listen},
        loaders, look_ahead,
    },
    outbox::Envelope,
    sellers::members,
};
use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use entity::ids::ProductId;
use futures_util::{Stream, StreamExt};
use std::sync::Arc;

#[derive(Default)]
pub(crate) struct CatalogueSubscriptions;

#[Subscription]
impl CatalogueSubscriptions {
    /// Changes of products, by those who work in their shops and by imports: of some products, or of all that a shop has. Pass
    /// either `productIds` or `sellerId`. Stock has a subscription of its own.
    async fn product_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The products to watch, at most 100.")] product_ids: Option<Vec<ID>>,
        #[graphql(desc = "The shop all of whose products are watched.")] seller_id: Option<ID>,
        #[graphql(
            desc = "The `position` of the last event that you had: what came after it is told first."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = ProductChange> + use<>> {
        let watched = match (product_ids, seller_id) {
            (Some(ids), None) => Watched::things::<ProductId>("productIds", &ids)?,
            (None, Some(id)) => Watched::seller(&id)?,
            _ => {
                let message = "Pass either `productIds` or `sellerId`.";
                return Err(Error::invalid("productIds", message));
            }
        };
        let news = listen(ctx, after.as_deref(), Products(watched)).await?;
        let kind = |found: &Found| match found.product {
            Some(_) => ChangeKind::Changed,
            None => ChangeKind::Gone,
        };
        Ok(news.map(move |news| ProductChange(Change::of(news, kind))))
    }
}

struct Products(Watched);

/// A product that changed, as its viewer may see it.
struct Found {
    id: ProductId,
    /// Nothing where it is gone.
    product: Option<Arc<Row>>,
}

impl Interest for Products {
    type Matter = ProductChanged;
    type Found = Found;

    fn concerns(&self, envelope: &Envelope) -> Option<ProductChanged> {
        if let Watched::Things(ids) = &self.0
            && !ids.contains(&envelope.aggregate_id)
        {
            return None;
        }
        let changed = envelope.read::<ProductChanged>().ok()??.event;
        match self.0 {
            Watched::Seller(seller) if seller != changed.seller_id => None,
            _ => Some(changed),
        }
    }

    async fn look(&self, caller: &Caller, changed: &ProductChanged) -> Result<Option<Found>> {
        let id = changed.product_id;
        // A replica may not have heard yet.
        let product = products::by_ids_written(caller, &[id]).await?.remove(&id);
        // Whoever never saw it does not learn that it is there.
        let is_told = product.is_some()
            || changed.was_active
            || members::is_inside(caller, changed.seller_id).await?;
        Ok(is_told.then_some(Found { id, product }))
    }
}

/// A change of a product, or word about the subscription itself.
pub(crate) struct ProductChange(Change<Found>);

/// A change of a product, or word about the subscription itself.
#[Object]
impl ProductChange {
    /// What happened.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// The product's id; nothing where this is about the subscription itself.
    async fn product_id(&self) -> Option<ID> {
        self.0.found.as_ref().map(|found| encode(found.id))
    }

    /// The product as it is by now; nothing where it is gone.
    async fn product(&self, ctx: &Context<'_>) -> Option<Result<Product>> {
        let product = self.0.found.as_ref()?.product.clone()?;
        let selected = look_ahead::fields_of_this(ctx);
        let products = std::slice::from_ref(&product);
        match Product::prefetch(loaders(ctx), &selected, products).await {
            Ok(()) => Some(Ok(product.into())),
            Err(error) => Some(Err(error)),
        }
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
