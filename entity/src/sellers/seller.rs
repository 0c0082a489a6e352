//! Shops.

use crate::{ids::SellerId, money::CurrencyCode};
use sea_orm::entity::prelude::*;

/// Whether a shop is open to the public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// Open: its active products are listed.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// Closed by the operator: nothing of it is listed.
    #[sea_orm(string_value = "SUSPENDED")]
    Suspended,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seller")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SellerId,
    /// The shop's name in URLs, unique among living shops.
    #[sea_orm(column_type = "Text")]
    pub handle: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name as lists sort by it.
    #[sea_orm(column_type = "Text")]
    pub name_key: String,
    #[sea_orm(column_type = "Text")]
    pub description: String,
    pub status: Status,
    /// The currency of every price in the shop.
    pub currency: CurrencyCode,
    /// How many active products the shop's plan allows; nothing means as many as it likes.
    pub active_product_limit: Option<i64>,
    /// How many products are active now; kept with every change of a product's status.
    pub active_products: i64,
    /// Sum of all ratings of its products, a projection of the reviews.
    pub rating_sum: i64,
    /// Number of all ratings of its products, a projection of the reviews.
    pub rating_count: i64,
    /// What the marketplace keeps of its sales, in basis points; nothing means the marketplace's usual rate.
    pub commission_bps: Option<i64>,
    /// Counts the edits, for optimistic locking.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
