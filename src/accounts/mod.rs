//! People. Their public face, for now: the author of a review.

mod account_create_many;
mod find;
pub(crate) mod graphql;

pub(crate) use account_create_many::account_create_many;
pub(crate) use entity::accounts::account::Model as Account;
pub(crate) use find::authors_by_ids;
