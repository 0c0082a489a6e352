//! Stock: the sole owner of how many units there are.

pub(crate) mod availability;
pub(crate) mod invariants;
