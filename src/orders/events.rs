//! What happens to orders.

use super::OrderState;
use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::{AccountId, FulfilmentId, OrderId, SellerId};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Someone bought something; it is not paid yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct OrderPlaced {
    /// The order.
    pub order_id: OrderId,
    /// Whose it is; nothing for a guest's.
    pub customer_id: Option<AccountId>,
    /// The shops in it.
    pub seller_ids: Vec<SellerId>,
}

impl Event for OrderPlaced {
    const NAME: &'static str = "orders.order_placed";
    const AGGREGATE: &'static str = "order";

    fn aggregate_id(&self) -> Uuid {
        self.order_id.0
    }

    /// Nothing that the public sees is made of it.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}

/// What happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStep {
    /// It is paid, and the shops send it.
    Confirmed,
    /// It came to nothing before it was paid.
    Withdrawn,
    /// It, or a part of it, is not sent, and its money goes back.
    Cancelled {
        /// How much goes back, in minor units of the order's currency.
        amount: i64,
        /// Whether that is the end of it.
        is_whole: bool,
    },
    /// A shop's part is on its way.
    Shipped {
        /// The part.
        fulfilment: FulfilmentId,
    },
    /// A shop's part has arrived.
    Delivered,
    /// Money of it went back.
    Refunded,
    /// Who bought it was erased.
    Erased,
}

/// An order, or a part of it, came to another state, or money of it went back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct OrderChanged {
    /// The order.
    pub order_id: OrderId,
    /// Whose it is; nothing for a guest's.
    pub customer_id: Option<AccountId>,
    /// The shops that it concerns.
    pub seller_ids: Vec<SellerId>,
    /// The order's state.
    pub state: String,
    /// What happened; nothing in events of before this was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<OrderStep>,
}

impl OrderChanged {
    pub(super) fn new(
        order: OrderId,
        customer: Option<AccountId>,
        sellers: Vec<SellerId>,
        state: OrderState,
        step: OrderStep,
    ) -> Self {
        Self {
            order_id: order,
            customer_id: customer,
            seller_ids: sellers,
            state: state.to_value(),
            step: Some(step),
        }
    }
}

impl Event for OrderChanged {
    const NAME: &'static str = "orders.order_changed";
    const AGGREGATE: &'static str = "order";

    fn aggregate_id(&self) -> Uuid {
        self.order_id.0
    }

    /// Nothing that the public sees is made of it.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}
