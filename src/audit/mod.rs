//! Who changed what, and when: a log that is only added to.
//!
//! An entry is written in the transaction of what it tells of, and holds the hash of the entry before it, so that none can
//! be changed, left out or slipped in afterwards without it showing. See docs/audit.md for how a room records.

mod agent;
mod entry;
mod export;
mod find;
pub(crate) mod graphql;
mod hash;
pub(crate) mod invariants;
#[cfg(test)]
mod measure_contention;
mod partitions;
mod record;
mod retention;

pub use agent::Agent;
pub(crate) use entity::audit::entry::Model as AuditRow;
pub use entry::Entry;
pub(crate) use export::export;
pub(crate) use find::{AuditFilter, count, list, order};
pub(crate) use partitions::MakePartitions;
pub use record::record;
pub(crate) use retention::SweepEntries;
