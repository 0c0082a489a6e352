//! Work that is done later.

pub mod job;
pub mod queue;
pub mod schedule;
