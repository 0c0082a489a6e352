//! Tables of the room `sellers`.

pub mod seller;
