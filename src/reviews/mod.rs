//! What buyers say of products.

pub(crate) mod ratings;
