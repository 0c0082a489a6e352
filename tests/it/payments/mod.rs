//! Payments: money is held, taken and given back once, whatever becomes of the answers. What the sandbox's own log says is what counts.

mod flows;
mod once;
mod process;
mod reading;
pub mod support;
mod unanswered;
mod webhooks;
