//! Shops.

pub(crate) mod active_products;
mod seller_ensure;

pub(crate) use seller_ensure::{NAME_LIMIT, Shop, sellers_insert, shops_by_handle};
