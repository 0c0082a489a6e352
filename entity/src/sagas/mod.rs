//! Work in steps, each of which can be undone.

pub mod saga;
pub mod step;
