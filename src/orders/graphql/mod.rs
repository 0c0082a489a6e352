//! Orders, as the API shows them. They are private: nothing of them says for how long it may be kept.

mod checkout;
mod fulfilment;
mod mutations;
mod order;

pub(crate) use checkout::CheckoutMutations;
pub(crate) use mutations::OrderMutations;
pub(crate) use order::{Order, OrderQueries, of_viewer};
