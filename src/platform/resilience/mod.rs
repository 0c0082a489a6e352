//! How the server stays upright when something it calls takes too long or fails: deadlines that are passed down, and
//! calls that are bounded in number, time and repetition. See docs/reliability.md.

mod breaker;
mod budget;
pub mod deadline;
mod dependency;
mod measured;
mod policy;

pub use dependency::Dependency;
pub use policy::{BreakerPolicy, CallError, Policy};
