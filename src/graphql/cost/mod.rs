//! What operations cost, and who pays: points for what an answer may hold are taken before it runs, and what did not come
//! is given back after. See `docs/cost.md`.
//!
//! [`weights`] says what costs how much, [`Plan`] what of a document costs something, [`Charge`] takes the points out of the
//! buckets of whoever asks, and [`CostQueries`] tells what a document would cost.

mod actual;
mod arguments;
mod charge;
mod coming;
mod explain;
mod paths;
mod plan;
mod refused;
mod requested;
mod schema;
mod throttle;
mod weights;

pub(super) use charge::Charge;
pub(super) use coming::Coming;
pub(super) use explain::{CostQueries, Explainer};
pub(super) use plan::Plan;
pub(super) use refused::Throttled;
pub(super) use requested::Requested;
pub(super) use schema::Costs;

#[cfg(test)]
mod tests;
