//! What buyers say of products.

pub(crate) mod ratings;
mod review_create_many;

pub(crate) use review_create_many::{ReviewCreate, review_create_many};
