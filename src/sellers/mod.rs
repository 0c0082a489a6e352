//! Shops: who sells.

pub(crate) mod active_products;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod seller_ensure;

pub(crate) use entity::sellers::seller::Model as Seller;
pub(crate) use find::{SellerSort, by_handle, by_ids, count, is_visible, list, order};
pub(crate) use seller_ensure::{NAME_LIMIT, Shop, sellers_insert, shops_by_handle};
