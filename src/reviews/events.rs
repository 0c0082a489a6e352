//! What happens to reviews, and what is done about it here.

use super::{cached, ratings};
use crate::{
    catalogue,
    error::Result,
    jobs::Attempt,
    outbox::{self, Delivered, Event, Subscriber},
    platform::cache::CacheTag,
    sellers,
};
use entity::ids::{ProductId, SellerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// People said something of a product, one or more of them.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductReviewed {
    pub(crate) product_id: ProductId,
    /// The product's shop.
    pub(crate) seller_id: SellerId,
}

impl Event for ProductReviewed {
    const NAME: &'static str = "reviews.product_reviewed";
    const AGGREGATE: &'static str = "product";

    fn aggregate_id(&self) -> Uuid {
        self.product_id.0
    }

    /// What their ratings come to follows, see [`RatingsChanged`].
    fn purges(&self) -> Vec<CacheTag> {
        vec![cached::of_product(self.product_id), cached::LISTED]
    }
}

/// A product is rated otherwise, and with it its shop.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RatingsChanged {
    pub(crate) product_id: ProductId,
    /// The product's shop.
    pub(crate) seller_id: SellerId,
}

impl Event for RatingsChanged {
    const NAME: &'static str = "reviews.ratings_changed";
    const AGGREGATE: &'static str = "product";

    fn aggregate_id(&self) -> Uuid {
        self.product_id.0
    }

    fn purges(&self) -> Vec<CacheTag> {
        vec![
            catalogue::cached::product(self.product_id),
            catalogue::cached::RATED,
            sellers::cached::tag(self.seller_id),
        ]
    }
}

/// Sums the ratings of the product and its shop anew. From the reviews, so that doing it again changes nothing.
pub(crate) struct RefreshRatings;

impl Subscriber for RefreshRatings {
    const NAME: &'static str = "reviews.refresh_ratings";
    type Event = ProductReviewed;

    async fn receive(reviewed: &Delivered<ProductReviewed>, attempt: &Attempt) -> Result<()> {
        attempt
            .transaction(async |tx| {
                let ProductReviewed {
                    product_id,
                    seller_id,
                } = reviewed.event;
                if ratings::refresh(tx, &[product_id]).await? {
                    let changed = RatingsChanged {
                        product_id,
                        seller_id,
                    };
                    outbox::emit_one(tx, &changed).await?;
                }
                attempt.finish(tx).await
            })
            .await
    }
}
