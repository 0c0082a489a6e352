//! The catalogue, as the API shows it: one file per type.

mod category;
mod image;
mod inputs;
mod product;
pub(crate) mod products;
mod queries;
mod search;
mod tag;
mod variant;

pub(crate) use category::Category;
pub(crate) use image::Image;
pub(crate) use inputs::{ProductFilter, ProductSort};
pub(crate) use product::Product;
pub(crate) use queries::CatalogueQueries;
pub(crate) use tag::Tag;
pub(crate) use variant::Variant;
