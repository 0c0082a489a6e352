//! What is for sale: categories, products and their variants, options, tags and images, and finding them.

pub(crate) mod product_summary;
pub(crate) mod search_index;
