//! The view of orders: what lists are made of, filtered and searched by, for support and for shops.
//!
//! It is derived from the tables of orders alone, by events, and so is behind for a moment. It says which orders are on a page; what they are, and whether
//! the caller may see them, is asked of the orders themselves. A shopper's own list does not use it: what someone bought is there at once.

mod apply;
mod derive;
mod filter;
mod lag;
mod lists;
mod rebuild;
pub(super) mod sound;

pub use apply::{ViewChanged, ViewPlaced};
pub(crate) use filter::{OrderFilter, PartFilter, Period, Search};
pub use lag::measure;
pub(crate) use lists::{ListOrder, Listing, OrderSort, count, list, of_seller, part_order};
pub use rebuild::{Rebuilt, rebuild};
