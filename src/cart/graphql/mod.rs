//! Carts, as the API shows them. They are private: nothing of them says for how long it may be kept.

mod cart;
mod inputs;
mod line;
mod mutations;
mod problem;

pub(crate) use cart::{Cart, CartQueries, PostalAddress, of_viewer};
pub(crate) use mutations::CartMutations;
pub(crate) use problem::CartProblem;
