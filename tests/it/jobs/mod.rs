//! Jobs: what becomes of them, in which order they are done, and that they survive their workers.

mod attempts;
mod command;
mod graphql;
pub mod kinds;
mod leases;
mod order;
mod steering;
mod survival;
mod transactions;
