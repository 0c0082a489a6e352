//! Notifications: what people are written to about what happened to them.

mod orders;
