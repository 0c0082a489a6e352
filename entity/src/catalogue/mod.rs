//! Tables of the room `catalogue`. The full-text index has no entity: its shape differs between the databases,
//! and only `catalogue/search_index.rs` of the server touches it.

pub mod category;
pub mod image;
pub mod option;
pub mod option_value;
pub mod product;
pub mod product_tag;
pub mod tag;
pub mod variant;
pub mod variant_option;
