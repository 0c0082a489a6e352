//! Tables of the room `wallets`.

pub mod top_up;
