//! Tables of the room `reviews`.

pub mod review;
