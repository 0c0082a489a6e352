//! What buyers say of products.

pub(crate) mod invariants;
pub(crate) mod ratings;
