//! Orders.

pub mod fulfilment;
pub mod line;
pub mod order;
pub mod view;
pub mod view_part;
pub mod view_sku;
