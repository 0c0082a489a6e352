//! What is for sale: categories, products and their variants, options, tags and images, and finding them.

mod product_hold;
pub(crate) mod product_summary;
pub(crate) mod search_index;

pub(crate) use product_hold::product_hold;
