//! Promising units to someone for a while: reserved, then claimed when they are sold, or given back.
//!
//! Whatever is done to reservations holds theirs first, then the totals in the order of their variants, then what lies at locations,
//! and last products. So those who buy the same wait for each other at one row each, and never in a circle.

mod expire_reservations;
mod rows;
mod stock_claim;
mod stock_extend;
mod stock_release;
mod stock_reserve;
mod stock_return;

pub use expire_reservations::ExpireReservations;
pub(super) use stock_claim::shelves;
pub use stock_claim::stock_claim;
pub use stock_extend::stock_extend;
pub use stock_release::stock_release;
pub(crate) use stock_reserve::stock_reserve_for_new;
pub use stock_reserve::{ReserveWish, Shortage, stock_reserve};
pub use stock_return::{ReturnLine, stock_return};
