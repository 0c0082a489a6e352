//! Shopify's product CSV, in both of its spellings.
//!
//! A product is one or several rows in a row with the same handle: the first carries the product, its first
//! variant and its first picture; each other one a further variant, a further picture, or both. Columns that the
//! file does not have say nothing: what they would hold stays as it is.

mod batch;
mod columns;
mod draft;
mod importer;
mod price;
mod product_fields;
mod product_group;
mod reader;
mod row;
mod shopify_import;
mod shopify_import_job;
mod shops;
mod variant_row;
mod weight;

pub(crate) use shopify_import::{
    ImportOptions, ShopChoice, ShopifyImport, shopify_check, shopify_import,
};
pub(crate) use shopify_import_job::ShopifyImportJob;
