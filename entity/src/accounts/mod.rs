//! Tables of the room `accounts`.

pub mod account;
