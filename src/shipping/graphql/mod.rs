//! Ways of shipping and rates of tax, as the API shows them.

mod method;
mod mutations;
mod tax;

pub(crate) use method::{ShippingMethod, ShippingQueries};
pub(crate) use mutations::ShippingMutations;
pub(crate) use tax::{TaxMutations, TaxQueries};
