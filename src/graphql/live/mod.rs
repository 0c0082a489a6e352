//! Subscriptions: answers that come for as long as something happens, each made for its viewer, who is looked at anew for each.

mod access;
mod change;
mod each_event;
mod feed;
mod position;
mod root;
mod subscribe;

pub use access::Access;
pub(crate) use change::{Change, ChangeKind, Watched};
pub(crate) use each_event::EachEvent;
pub(crate) use feed::{Interest, Listening, listen};
pub use subscribe::Answers;
