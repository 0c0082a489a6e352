//! People, as the API shows them.

mod account;
mod author;
mod inputs;
mod mutations;
mod viewer;

pub(crate) use account::{Account, AccountRole, AccountStatus};
pub(crate) use author::Author;
pub(crate) use mutations::AccountMutations;
pub(crate) use viewer::ViewerQueries;
