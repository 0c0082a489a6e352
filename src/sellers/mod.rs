//! Shops: who sells.

pub(crate) mod active_products;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;

pub(crate) use entity::sellers::seller::Model as Seller;
pub(crate) use find::{SellerSort, by_handle, by_ids, count, is_visible, list, order};
