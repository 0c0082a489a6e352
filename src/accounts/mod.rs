//! People: their public face, and how they sign in.

mod account_change_password;
mod account_close;
mod account_create_known;
mod account_create_many;
mod account_request_email_change;
mod account_request_password_reset;
mod account_reset_password;
mod account_sign_up;
mod account_update;
mod account_verify_email;
mod check_password;
mod display_name;
mod email;
mod end_sessions;
mod erase_account;
mod find;
pub(crate) mod graphql;
mod letter;
mod own_password;
mod password;
mod send_mail;
mod sweep_tokens;
mod token;

pub(crate) use account_create_known::{KnownPerson, account_create_known};
pub(crate) use account_create_many::account_create_many;
pub use check_password::check_password;
pub use entity::accounts::account::Model as Account;
pub(crate) use erase_account::EraseAccount;
pub(crate) use find::authors_by_ids;
pub use password::Passwords;
pub(crate) use send_mail::SendMail;
pub(crate) use sweep_tokens::SweepTokens;

use check_password::login_of;
use email::Email;
