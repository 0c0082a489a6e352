//! Orders.

pub mod fulfilment;
pub mod line;
pub mod order;
