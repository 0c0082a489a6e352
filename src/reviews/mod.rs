//! What buyers say of products.

mod cached;
mod columns;
mod events;
mod export;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
#[cfg(test)]
mod measure_ratings;
mod ratings;
mod review_create_many;

pub(crate) use entity::reviews::review::Model as Review;
pub(crate) use events::{ProductReviewed, RatingsChanged, RefreshRatings};
pub(crate) use export::export;
pub(crate) use find::{
    ReviewFilter, ReviewList, ReviewSort, Whose, by_ids, count, counts_of, list, of,
};
pub(crate) use review_create_many::{ReviewCreate, review_create_many};
