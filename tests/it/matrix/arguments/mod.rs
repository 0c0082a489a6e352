//! What each field is asked with, a file per room.

pub mod accounts;
pub mod catalogue;
pub mod factors;
pub mod jobs;
pub mod payments;
pub mod shops;
