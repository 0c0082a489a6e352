//! What is for sale: categories, products and their variants, options, tags and images, and finding them.

mod category_tree;
mod product_hold;
pub(crate) mod product_summary;
pub(crate) mod product_upsert;
pub(crate) mod rules;
pub(crate) mod search_index;

pub(crate) use entity::catalogue::{product::Status, variant::WeightUnit};
pub(crate) use product_hold::product_hold;
