//! What those who work in a shop do to its stock.
//!
//! Each function asks who the caller is in the shop, holds the location, then the totals in the order of their variants, and then reads
//! what it changes.

mod apply;
mod hold;
mod location_create;
mod location_deactivate;
mod location_reactivate;
mod location_update;
mod stock_adjust;
mod stock_recount;
mod stock_threshold_set;
mod stock_transfer;

pub(crate) use location_create::{LocationCreate, location_create};
pub(crate) use location_deactivate::location_deactivate;
pub(crate) use location_reactivate::{LocationReactivate, location_reactivate};
pub(crate) use location_update::{LocationUpdate, location_update};
pub(crate) use stock_adjust::{StockAdjust, stock_adjust};
pub(crate) use stock_recount::{Counted, StockRecount, stock_recount};
pub(crate) use stock_threshold_set::{Expected, stock_threshold_set};
pub(crate) use stock_transfer::{StockTransfer, stock_transfer};
