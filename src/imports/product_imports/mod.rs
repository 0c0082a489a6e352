//! Files of products that sellers import into their own shops: asked for by a mutation, sent by `PUT`, done by a worker, seen by a
//! query.

mod find;
mod find_file;
pub(crate) mod graphql;
mod product_import_create;
mod product_import_job;
mod product_import_upload;
mod progress;
mod sweep_imports;

pub(crate) use entity::imports::product_import::{Model as ProductImport, State};
pub(crate) use find::by_id;
pub(crate) use product_import_create::{ProductImportCreate, product_import_create};
pub(crate) use product_import_job::ProductImportJob;
pub(crate) use product_import_upload::{LARGEST_FILE, UPLOAD_TIME, product_import_upload};
pub(crate) use progress::Progress;
pub(crate) use sweep_imports::SweepImports;
