//! Work that is done later, and surely.
//!
//! A job is a row, written in the transaction of whatever asks for it: it exists when, and only when, that was
//! committed. Workers claim jobs under a lease; one that dies loses its lease, and another does the job again. So a job
//! may run twice, one run after the other, and what it does must bear that. Its lease is a fence: whoever has lost it
//! can neither finish the job nor commit a transaction that [`Attempt::hold`]s it.
//!
//! What fails is tried again after a while that doubles; what fails for good is kept as a dead letter, for a person to
//! retry or to discard.

mod attempt;
mod backoff;
mod enqueue;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod job;
pub(crate) mod measure;
mod queue;
mod registry;
mod retention;
mod schedules;
mod steer;
mod store;
mod sweep;
mod worker;

pub use attempt::Attempt;
pub(crate) use enqueue::{NewJob, enqueue_all, enqueue_with_next};
pub use enqueue::{enqueue, enqueue_in};
pub(crate) use entity::jobs::job::Model as JobRow;
pub use entity::jobs::job::{Priority, State};
pub(crate) use find::{JobFilter, QueueStatus, by_ids, count, job, list, order, queues};
pub use job::Job;
pub use queue::Queue;
pub use registry::Registry;
pub(crate) use retention::SweepJobs;
pub(crate) use steer::{job_discard, job_retry, queue_pause, queue_resume};
pub(crate) use sweep::{BATCH, sweep};
pub use worker::Worker;
