//! Accounts and what was posted to them, as the API shows them.

mod account;
mod entry;
mod inputs;
mod mutations;
mod queries;

pub(crate) use account::{LedgerAccount, of_seller, of_viewer, statement_of_seller};
pub(crate) use entry::LedgerEntry;
pub(crate) use inputs::money;
pub(crate) use mutations::WalletMutations;
pub(crate) use queries::LedgerQueries;
