//! Imports of catalogues from elsewhere.
//!
//! An import reads a file as a stream, sorts out what breaks a rule (each with its line, column and reason) and
//! brings the rest into the catalogue, batch by batch, each in one transaction. Running it again finds everything
//! as it shall be and changes nothing; so an import that was cut off is resumed by running it again.

mod database_refusal;
mod events;
pub(crate) mod product_imports;
mod report;
mod run;
mod shopify;
mod source;

pub(crate) use events::ProductsImported;
pub(crate) use report::{Event, Problem, Report};
pub(crate) use run::Run;
pub(crate) use shopify::{
    ImportOptions, ShopChoice, ShopifyImport, ShopifyImportJob, shopify_check, shopify_import,
};
