//! Answers that everyone gets alike, kept as bytes. See docs/answers.md.
//!
//! What may be kept is said by the hints on types and root fields ([`hints`]); under what, by the [`key`]; in what form, by
//! [`KeptAnswer`]. The store lets one request at a time make an answer, and others wait for it.

mod flights;
mod hints;
mod kept;
mod key;
mod store;

pub(super) use hints::Hints;
pub use kept::KeptAnswer;
pub(super) use kept::Made;
pub(super) use key::AnswerKey;
pub use store::RawKey;
pub(super) use store::{Answers, Asked, Making};
