//! Who keeps the view: of each event it is only heard which order it is about, and the order is read anew.

use super::derive::{Over, derive};
use crate::{
    error::Result,
    jobs::Attempt,
    orders::{OrderChanged, OrderPlaced},
    outbox::{Delivered, Subscriber},
};
use entity::ids::OrderId;

/// Takes a new order into the view.
pub struct ViewPlaced;

impl Subscriber for ViewPlaced {
    const NAME: &'static str = "orders.view_placed";
    type Event = OrderPlaced;

    async fn receive(placed: &Delivered<OrderPlaced>, attempt: &Attempt) -> Result<()> {
        apply(attempt, placed.event.order_id).await
    }
}

/// Takes what became of an order into the view.
pub struct ViewChanged;

impl Subscriber for ViewChanged {
    const NAME: &'static str = "orders.view_changed";
    type Event = OrderChanged;

    async fn receive(changed: &Delivered<OrderChanged>, attempt: &Attempt) -> Result<()> {
        apply(attempt, changed.event.order_id).await
    }
}

async fn apply(attempt: &Attempt, order: OrderId) -> Result<()> {
    attempt
        .transaction(async |tx| {
            derive(tx, &[order], Over::Older).await?;
            attempt.finish(tx).await
        })
        .await
}
