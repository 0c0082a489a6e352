//! What happened, told to whoever wants to know, and surely.
//!
//! An event is a row, written in the transaction of what it tells of: it exists when, and only when, that was committed.
//! A relay, of which one is at work at any time, gives each event its place in the feed and hands it to its subscribers
//! as jobs, in one transaction. So a subscriber gets each event at least once, and the events of one aggregate one after
//! the other, in the order in which they happened. What happened to different aggregates comes in any order.

mod emit;
mod envelope;
mod event;
pub(crate) mod invariants;
mod listener;
mod live;
mod measure;
mod nats;
mod outlets;
mod pending;
pub mod relay;
mod retention;
mod settle;
mod subscriber;
mod subscriptions;

pub use emit::{Batch, emit, emit_one};
pub use envelope::{Delivered, Envelope};
pub use event::Event;
pub use listener::{Listener, LiveEvent, News, subscribe, subscribe_from};
pub use measure::{Lag, measure};
pub use outlets::Outlets;
pub(crate) use pending::{is_pending, oldest_pending};
pub(crate) use retention::SweepEvents;
pub(crate) use settle::settle;
pub use subscriber::Subscriber;
pub use subscriptions::Subscriptions;
