//! Tables of the room `sellers`.

pub mod invitation;
pub mod member;
pub mod seller;
