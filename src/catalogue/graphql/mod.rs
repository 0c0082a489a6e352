//! The catalogue, as the API shows it: one file per type.

mod category;
mod category_office;
mod image;
mod inputs;
mod office;
mod office_inputs;
mod product;
mod product_changed;
pub(crate) mod products;
mod queries;
mod search;
mod tag;
mod variant;

pub(crate) use category::Category;
pub(crate) use category_office::CategoryMutations;
pub(crate) use image::Image;
pub(crate) use inputs::{ProductFilter, ProductSort};
pub(crate) use office::OfficeMutations;
pub(crate) use product::{Product, ProductStatus};
pub(crate) use product_changed::CatalogueSubscriptions;
pub(crate) use queries::CatalogueQueries;
pub(crate) use tag::Tag;
pub(crate) use variant::Variant;
