//! Data to try things on: a small demo catalogue for people, and a large deterministic one for measurements.
//!
//! Seeds go into an empty catalogue only, and never into one that serves for real.

mod bench;
mod demo;
mod events;
pub mod people;
mod selling;
mod vacancy;

pub use bench::bench;
pub use demo::demo;
pub(crate) use events::Seeded;
pub(crate) use vacancy::is_vacant;
