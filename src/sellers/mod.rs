//! Shops.

pub(crate) mod active_products;
pub(crate) mod invariants;
