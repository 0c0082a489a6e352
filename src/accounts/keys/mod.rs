//! Keys with which programs act as people, each limited to scopes.
//!
//! What a key opens stands in `graphql/key_scopes.rs`. A key is found by its public prefix and checked by a hash; it is asked
//! of the database whether it is still good, and remembered for no longer than [`Memory`] does.

mod api_key_create;
mod api_key_revoke;
mod authenticate;
mod find;
pub(crate) mod graphql;
mod last_use;
mod memory;
mod secret;
mod sweep_keys;

pub(crate) use api_key_create::{Created, NewKey, api_key_create};
pub(crate) use api_key_revoke::{api_key_revoke, delete_all, revoke_all};
pub(crate) use authenticate::authenticate;
pub(crate) use entity::accounts::api_key::Model as ApiKey;
pub(crate) use find::{by_id, count, list, order};
pub(crate) use memory::Memory;
pub(crate) use secret::is_meant_as_key;
pub(crate) use sweep_keys::SweepKeys;
