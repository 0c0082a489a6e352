//! What is for sale: categories, products and their variants, options, tags and images, and finding them.

pub(crate) mod cached;
mod category_create;
mod category_delete;
mod category_hold;
mod category_move;
mod category_place;
mod category_tree;
mod category_update;
mod category_write;
mod events;
mod facets;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
#[cfg(test)]
mod measure_search;
pub(crate) mod office;
mod product_filter;
mod product_hold;
mod product_life;
pub(crate) mod product_summary;
pub(crate) mod product_upsert;
pub(crate) mod rules;
mod search;
pub(crate) mod search_index;

pub(crate) use cached::Memory;
pub(crate) use category_create::{CategoryCreate, category_create};
pub(crate) use category_delete::category_delete;
pub(crate) use category_move::{CategoryMove, category_move};
pub(crate) use category_update::{CategoryUpdate, category_update};
pub(crate) use entity::catalogue::{
    category::Model as Category, image::Model as Image, product::Model as Product,
    product::Status as ProductStatus, tag::Model as Tag, variant::Model as Variant,
    variant::WeightUnit,
};
pub(crate) use events::{
    CategoryChanged, CategoryRenamed, IndexRenamedCategory, IndexRenamedShop, ProductChanged,
    SearchRefreshed,
};
pub(crate) use facets::{Facet, FacetField, facets};
pub(crate) use find::{categories, images, options, products, tags, variants};
pub(crate) use product_filter::{MetadataFilter, OptionFilter, PriceFilter, ProductFilter};
pub(crate) use product_hold::product_hold;
pub(crate) use products::is_visible;
pub(crate) use search::{SearchList, SearchSort, search, search_count};
