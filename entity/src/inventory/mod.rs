//! Tables of the room `inventory`.

pub mod level;
pub mod location;
pub mod movement;
pub mod reservation;
pub mod stock;
