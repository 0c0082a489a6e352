//! Sagas: they come to their end, forward or back, whatever fails meanwhile.

mod crashes;
pub mod kinds;
mod running;
mod steering;
