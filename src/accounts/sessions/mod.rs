//! Sessions: from signing in to signing out, on one device.
//!
//! Whoever signs in gets two tokens. The access token says for some minutes who its bearer is, and is signed; whether the
//! session goes on, and what its person may do, is asked of the database, and remembered for no longer than
//! [`Memory`] does. The refresh token is good for one use: it gets the next two. One that comes again later was stolen,
//! from its owner or by who sent it first, so the session ends for both.

mod access_token;
mod after_first_factor;
mod ask_anew;
mod authenticate;
mod begin;
mod challenge;
mod end;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod keys;
mod memory;
mod refresh_token;
mod session_confirm;
mod session_create;
mod session_passkey_finish;
mod session_passkey_start;
mod session_refresh;
mod session_step_up;
mod sweep_sessions;
mod tokens;

pub(crate) use after_first_factor::{SignedIn, after_first_factor};
pub(crate) use ask_anew::ask_anew;
pub(crate) use authenticate::{Claim, authenticate, claim, person_of};
pub(crate) use challenge::Challenge;
pub(crate) use end::{Which, end};
pub(crate) use entity::accounts::session::{EndReason, Model as Session};
pub(crate) use find::{by_id, count, list, order};
pub(crate) use keys::{jwks, keyring};
pub(crate) use memory::Memory;
pub(crate) use session_confirm::session_confirm;
pub(crate) use session_create::session_create;
pub(crate) use session_passkey_finish::session_passkey_finish;
pub(crate) use session_passkey_start::session_passkey_start;
pub(crate) use session_refresh::session_refresh;
pub(crate) use session_step_up::session_step_up;
pub(crate) use sweep_sessions::SweepSessions;
pub(crate) use tokens::Tokens;
