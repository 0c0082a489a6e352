//! Where people have things sent, and bills.

mod address_create;
mod address_delete;
mod address_update;
mod fields;
mod find;
pub(crate) mod graphql;
mod of_customer;
mod postal;

pub(crate) use address_create::address_create;
pub(crate) use address_delete::address_delete;
pub(crate) use address_update::address_update;
pub(crate) use entity::accounts::address::Model as Address;
pub(crate) use fields::{AddressDraft, AddressFields};
pub(crate) use find::{by_id, count, list, order};
pub use postal::PostalAddress;
