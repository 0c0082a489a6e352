//! Documents that a request names rather than sends: automatic persisted queries, which any client may add, and trusted
//! documents, which the operator lists.
//!
//! Both are texts here. What is parsed of them is kept where all documents are, under the hash of the text.

mod automatic;
mod manifest;
mod named;
mod refused;
mod trusted;

pub(super) use automatic::Automatic;
pub use named::DocumentId;
pub(super) use named::Named;
pub(crate) use refused::HASH_MISMATCH;
pub(super) use refused::{hash_mismatch, not_found, not_supported, not_trusted};
pub(super) use trusted::{List, Trusted, TrustedDocument};
