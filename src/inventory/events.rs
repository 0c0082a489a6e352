//! What is done here about what happens to products.

use super::availability;
use crate::{
    catalogue::ProductChanged,
    error::Result,
    jobs::Attempt,
    outbox::{Delivered, Subscriber},
};

/// Derives anew whether a product can be bought, where it may have other variants. From the stock, so that doing it again changes
/// nothing.
pub(crate) struct RefreshAvailability;

impl Subscriber for RefreshAvailability {
    const NAME: &'static str = "inventory.refresh_availability";
    type Event = ProductChanged;

    async fn receive(changed: &Delivered<ProductChanged>, attempt: &Attempt) -> Result<()> {
        if !changed.event.variants {
            return Ok(());
        }
        attempt
            .transaction(async |tx| {
                availability::refresh(tx, &[changed.event.product_id]).await?;
                attempt.finish(tx).await
            })
            .await
    }
}
