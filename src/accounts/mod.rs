//! People: their public face, and how they sign in.

mod account_create_many;
mod check_password;
mod email;
mod find;
pub(crate) mod graphql;
mod password;
pub(crate) mod sessions;

pub(crate) use account_create_many::account_create_many;
pub(crate) use check_password::check_password;
pub(crate) use entity::accounts::account::Model as Account;
pub use entity::accounts::account::Role;
pub(crate) use find::authors_by_ids;
pub use password::Passwords;

use email::Email;
