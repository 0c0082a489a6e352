//! How the server stays upright when something it calls, or someone who calls it, takes too much: deadlines that are
//! passed down, and calls to others that are bounded in number, time and repetition. See docs/reliability.md.

mod breaker;
mod budget;
pub mod deadline;
mod dependency;

pub use dependency::{BreakerPolicy, CallError, Dependency, Policy};
