//! Shops, as the API shows them.

mod inputs;
mod members;
mod mutations;
mod seller;
mod staff;

pub(crate) use members::{SellerMember, of_viewer};
pub(crate) use mutations::SellerMutations;
pub(crate) use seller::{Seller, SellerQueries};
pub(crate) use staff::SellerStaffMutations;
