//! What support and admins see of accounts, and do about them.

mod account_reinstate;
mod account_set_role;
mod account_suspend;
mod admins;
mod find;
pub(crate) mod graphql;

pub(crate) use account_reinstate::account_reinstate;
pub(crate) use account_set_role::account_set_role;
pub(crate) use account_suspend::{Reason, account_suspend};
pub(crate) use admins::another_stays;
pub(crate) use find::{AccountFilter, account, count, list, order};
