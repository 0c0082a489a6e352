//! Work in steps that crosses networks, is never left half done, and can be undone.
//!
//! A saga is a list of steps, each with what undoes it, declared in one place. It is started in a transaction of the caller's, and
//! goes on as a job. What is about to be done is written down before it is done, and what came of it after; a crash anywhere has it
//! go on at the first step of which no outcome is known. So a step may run twice, and bears that; its own writes happen once, in the
//! transaction that holds its outcome ([`Turn::transaction`]).
//!
//! A step that fails for good has everything undone, the last step first, the failed one included, since nobody knows how far it came.
//! Undoing is tried for ever. Nothing is deleted by it: it changes states.

mod backoff;
mod cancel;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
pub(crate) mod measure;
mod outcome;
mod perform;
mod plan;
mod progress;
mod reason_of;
mod record;
mod retention;
mod run;
mod saga;
mod start;
mod steer;
mod store;
mod turn;
mod wake;

pub use cancel::cancel;
pub(crate) use entity::sagas::saga::Model as SagaRow;
pub use entity::sagas::saga::State;
pub(crate) use entity::sagas::step::{Model as StepRow, State as StepState};
pub(crate) use find::{SagaFilter, by_id, count, list, order, steps_of};
pub use outcome::Outcome;
pub use reason_of::reason_of;
pub(crate) use retention::SweepSagas;
pub use run::Run;
pub use saga::{Saga, Step, Work};
pub use start::start;
pub(crate) use steer::{Resolution, saga_resolve, saga_retry};
pub use turn::Turn;
pub use wake::wake;
