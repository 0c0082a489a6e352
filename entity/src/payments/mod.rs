//! Payments.

pub mod attempt;
pub mod event;
pub mod payment;
pub mod refund;
