//! Events: none is lost, those of one thing come in order, and whoever wants to know is told.

mod arrival;
mod deliveries;
mod killed;
pub mod kinds;
mod live;
mod nats;
mod retention;
mod watching;
mod writing;
