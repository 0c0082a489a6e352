//! What tax is due where.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_rate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// ISO 3166-1 alpha-2, upper case.
    #[sea_orm(column_type = "Text")]
    pub country: String,
    /// As it is compared, upper case; empty for the whole country.
    #[sea_orm(column_type = "Text")]
    pub region: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Basis points.
    pub rate_bps: i16,
    /// Whether prices hold it already.
    pub included: bool,
    /// Counts the edits, from 1.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
