//! Second factors: what people show beside a password, so that a password alone is worth nothing.
//!
//! An authenticator app, passkeys, and recovery codes for who has lost both. [`look_over`] and [`redeem`] are how one is
//! shown; what comes of it is the business of [`super::sessions`].

mod ceremony;
mod erase;
pub(crate) mod export;
mod find_passkeys;
pub(crate) mod graphql;
mod guards;
mod key;
mod memory;
mod passkey_register_finish;
mod passkey_register_start;
mod passkey_remove;
mod passkey_show;
mod recovery_codes;
mod recovery_codes_replace;
mod redeem;
mod standing;
mod tell;
mod totp;
mod totp_confirm;
mod totp_enrol;
mod totp_remove;

pub(crate) use ceremony::Ceremony;
pub(super) use erase::erase;
pub(crate) use find_passkeys::passkey_by_id;
pub(crate) use guards::has_factor;
pub(crate) use memory::Memory;
pub(crate) use passkey_show::passkey_show_start;
pub(crate) use redeem::{Shown, look_over, redeem, wrong};
pub(crate) use standing::{Method, standing};
