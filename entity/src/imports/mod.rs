//! Tables of the room `imports`.

pub mod product_import;
pub mod product_import_chunk;
