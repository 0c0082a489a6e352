//! Stock: the sole owner of how many units there are.

pub(crate) mod availability;
mod stock_set;

pub(crate) use stock_set::{StockPlan, StockWish, stock_hold, stock_plan, stock_set};
