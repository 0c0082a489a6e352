//! Stock, as the API shows it.

mod stock_changed;

pub(crate) use stock_changed::InventorySubscriptions;

use super::Stock as Row;
use async_graphql::Object;
use std::sync::Arc;

/// Whether a variant can be bought.
pub(crate) struct Stock(Arc<Row>);

impl From<Arc<Row>> for Stock {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Whether a variant can be bought, and how many of it.
#[Object]
impl Stock {
    /// Whether units are counted; what is not counted can always be bought.
    async fn tracked(&self) -> bool {
        self.0.tracked
    }

    /// How many units can be bought now; nothing where units are not counted.
    async fn available(&self) -> Option<i64> {
        self.0
            .tracked
            .then(|| self.0.on_hand.saturating_sub(self.0.reserved))
    }

    /// Whether it can be bought now.
    async fn in_stock(&self) -> bool {
        !self.0.tracked || self.0.on_hand > self.0.reserved
    }
}
