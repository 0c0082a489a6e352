//! Shops.

pub(crate) mod active_products;
