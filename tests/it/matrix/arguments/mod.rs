//! What each field is asked with, a file per room.

pub mod accounts;
pub mod cart;
pub mod catalogue;
pub mod factors;
pub mod inventory;
pub mod jobs;
pub mod ledger;
pub mod orders;
pub mod payments;
pub mod shops;
