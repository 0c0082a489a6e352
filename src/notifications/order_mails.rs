//! Who is written to about an order.

use super::send_order_mail::{Reader, SendOrderMail};
use crate::{
    error::Result,
    jobs::{self, Attempt},
    orders::{OrderChanged, OrderStep},
    outbox::{Delivered, Subscriber},
    sellers::members::{self, ShopPermission},
};

/// Asks for a letter to each reader of what happened to an order.
pub(crate) struct OrderMails;

impl Subscriber for OrderMails {
    const NAME: &'static str = "notifications.order_mails";
    type Event = OrderChanged;

    fn wants(event: &OrderChanged) -> bool {
        match event.step {
            // Nobody has shown to read a guest's address: without that it is written to only about what was paid.
            Some(OrderStep::Withdrawn) => event.customer_id.is_some(),
            Some(
                OrderStep::Confirmed | OrderStep::Cancelled { .. } | OrderStep::Shipped { .. },
            ) => true,
            Some(OrderStep::Delivered | OrderStep::Refunded | OrderStep::Erased) | None => false,
        }
    }

    async fn receive(changed: &Delivered<OrderChanged>, attempt: &Attempt) -> Result<()> {
        let event = &changed.event;
        let Some(step) = event.step else {
            return Ok(());
        };
        attempt
            .transaction(async |tx| {
                let mut readers = vec![Reader::Shopper];
                if step == OrderStep::Confirmed {
                    let sellers = &event.seller_ids;
                    let members = members::who_may(tx, sellers, ShopPermission::OrdersWrite);
                    for (seller, account) in members.await? {
                        readers.push(Reader::Member { seller, account });
                    }
                }
                for reader in readers {
                    let mail = SendOrderMail {
                        event: changed.id.0,
                        order: event.order_id,
                        step,
                        reader,
                    };
                    jobs::enqueue(tx, &mail).await?;
                }
                attempt.finish(tx).await
            })
            .await
    }
}
