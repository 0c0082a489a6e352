//! People: their public face, and how they sign in.

mod account_change_password;
mod account_close;
mod account_create_known;
mod account_create_many;
mod account_export;
mod account_request_email_change;
mod account_request_password_reset;
mod account_reset_password;
mod account_sign_up;
mod account_update;
mod account_verify_email;
mod addressee;
pub(crate) mod addresses;
mod check_password;
mod display_name;
mod email;
mod erase_account;
pub(crate) mod export;
pub(crate) mod factors;
mod find;
pub(crate) mod graphql;
pub(crate) mod keys;
mod letter;
mod line;
#[cfg(test)]
mod measure_walls;
pub(crate) mod oidc;
mod own_password;
mod password;
mod send_mail;
pub(crate) mod sessions;
mod spend_letter;
pub(crate) mod staff;
mod stays_open;
mod sweep_tokens;
mod token;

pub(crate) use account_close::account_close;
pub(crate) use account_create_known::{KnownPerson, account_create_known};
pub(crate) use account_create_many::account_create_many;
pub(crate) use account_export::account_export;
pub(crate) use addressee::{LinkToken, addressee, letter_of_invitation};
pub use check_password::{Login, check_password};
pub(crate) use email::Email;
pub use entity::accounts::account::Model as Account;
pub(crate) use erase_account::EraseAccount;
pub(crate) use find::{PublicFace, authors_by_ids};
pub use password::Passwords;
pub(crate) use send_mail::SendMail;
pub(crate) use spend_letter::spend_letter;
pub(crate) use stays_open::stays_open;
pub(crate) use sweep_tokens::SweepTokens;

use check_password::login_of;
