//! Tables of the room `accounts`.

pub mod account;
pub mod login;
pub mod refresh_token;
pub mod session;
pub mod signing_key;
pub mod token;
