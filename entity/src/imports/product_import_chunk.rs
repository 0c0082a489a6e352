//! Pieces of files that sellers import.

use crate::ids::ProductImportId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import_chunk")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ProductImportId,
    /// Its place in the file, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    pub content: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}
