//! Stock, as the API shows it.

mod inputs;
mod items;
mod locations;
mod movements;
mod office;
mod queries;
mod stock_changed;

pub(crate) use items::{StockLevel, levels_of};
pub(crate) use locations::{Location, of_seller as locations_of_seller};
pub(crate) use office::InventoryMutations;
pub(crate) use queries::InventoryQueries;
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
#[Object(cache_control(max_age = 5))]
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
