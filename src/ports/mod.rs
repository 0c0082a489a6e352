//! What the server needs from the world outside and could get from several places: a trait each, and adapters.

pub mod mailer;
pub mod payments;
pub mod tax;
