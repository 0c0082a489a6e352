//! What happens to orders.

use super::OrderState;
use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::{AccountId, OrderId, SellerId};
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
}

impl OrderChanged {
    pub(super) fn new(
        order: OrderId,
        customer: Option<AccountId>,
        sellers: Vec<SellerId>,
        state: OrderState,
    ) -> Self {
        Self {
            order_id: order,
            customer_id: customer,
            seller_ids: sellers,
            state: state.to_value(),
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
