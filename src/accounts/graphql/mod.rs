//! People, as the API shows them.

mod account;
mod author;
mod inputs;
mod mutations;

pub(crate) use account::AccountQueries;
pub(crate) use author::Author;
pub(crate) use mutations::AccountMutations;
