//! Tables of the room `inventory`.

pub mod stock;
