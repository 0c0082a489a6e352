//! What is for sale: categories, products and their variants, options, tags and images, and finding them.

mod category_tree;
mod facets;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
#[cfg(test)]
mod measure_search;
mod product_filter;
mod product_hold;
pub(crate) mod product_summary;
pub(crate) mod product_upsert;
pub(crate) mod rules;
mod search;
pub(crate) mod search_index;

pub(crate) use entity::catalogue::{
    category::Model as Category, image::Model as Image, product::Model as Product,
    product::Status as ProductStatus, tag::Model as Tag, variant::Model as Variant,
    variant::WeightUnit,
};
pub(crate) use facets::{Facet, FacetField, facets};
pub(crate) use find::{categories, images, options, products, tags, variants};
pub(crate) use product_filter::{MetadataFilter, OptionFilter, PriceFilter, ProductFilter};
pub(crate) use product_hold::product_hold;
pub(crate) use products::is_visible;
pub(crate) use search::{SearchList, SearchSort, search, search_count};
