//! Where every cent is.

pub mod account;
pub mod entry;
pub mod transaction;
