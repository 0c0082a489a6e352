//! Stock: the sole owner of how many units there are.

pub(crate) mod availability;
mod events;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod stock_set;

pub(crate) use entity::inventory::stock::Model as Stock;
pub(crate) use events::{RefreshAvailability, StockChanged};
pub(crate) use find::{by_variants, by_variants_written};
pub(crate) use stock_set::{StockPlan, StockWish, stock_hold, stock_plan, stock_set};
