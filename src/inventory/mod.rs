//! Stock: the sole owner of how many units there are.

pub(crate) mod availability;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;

pub(crate) use entity::inventory::stock::Model as Stock;
pub(crate) use find::by_variants;
