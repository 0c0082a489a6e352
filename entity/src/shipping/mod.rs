//! Tables of the room `shipping`.

pub mod method;
pub mod tax_rate;
