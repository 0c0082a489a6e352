//! Finding what is for sale, as far as the caller may see it: one file per kind of thing.

pub(crate) mod categories;
pub(crate) mod images;
pub(crate) mod options;
mod product_columns;
pub(crate) mod products;
pub(crate) mod tags;
mod variant_columns;
pub(crate) mod variants;
