//! Orders, as the API shows them. They are private: nothing of them says for how long it may be kept.

mod checkout;
mod filters;
mod fulfilment;
mod mutations;
mod order;
mod order_updated;
mod queries;

pub(crate) use checkout::CheckoutMutations;
pub(crate) use filters::OrderFilter;
pub(crate) use mutations::OrderMutations;
pub(crate) use order::{Order, of_viewer};
pub(crate) use order_updated::OrderSubscriptions;
pub(crate) use queries::OrderQueries;
