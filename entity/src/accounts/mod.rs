//! Tables of the room `accounts`.

pub mod account;
pub mod address;
pub mod api_key;
pub mod factor_key;
pub mod login;
pub mod oidc_identity;
pub mod oidc_request;
pub mod passkey;
pub mod passkey_ceremony;
pub mod recovery_code;
pub mod refresh_token;
pub mod session;
pub mod sign_in_challenge;
pub mod signing_key;
pub mod token;
pub mod totp;
