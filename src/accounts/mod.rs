//! People: for now, who wrote a review.

mod account_create_many;

pub(crate) use account_create_many::account_create_many;
