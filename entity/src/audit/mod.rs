//! Who changed what.

pub mod entry;
