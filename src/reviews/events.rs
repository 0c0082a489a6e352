//! What happens to reviews, and what is done about it here.

use super::ratings;
use crate::{
    error::Result,
    jobs::Attempt,
    outbox::{Delivered, Event, Subscriber},
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
}

/// Sums the ratings of the product and its shop anew. From the reviews, so that doing it again changes nothing.
pub(crate) struct RefreshRatings;

impl Subscriber for RefreshRatings {
    const NAME: &'static str = "reviews.refresh_ratings";
    type Event = ProductReviewed;

    async fn receive(reviewed: &Delivered<ProductReviewed>, attempt: &Attempt) -> Result<()> {
        attempt
            .transaction(async |tx| {
                ratings::refresh(tx, &[reviewed.event.product_id]).await?;
                attempt.finish(tx).await
            })
            .await
    }
}
