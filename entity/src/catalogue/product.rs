//! What sellers offer.

use crate::{
    ids::{CategoryId, ProductId, SellerId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// Where a product stands in its life. The public sees only what is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// Being written.
    #[sea_orm(string_value = "DRAFT")]
    Draft,
    /// For sale.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// Taken off the shelf for now.
    #[sea_orm(string_value = "INACTIVE")]
    Inactive,
    /// Kept for the record only.
    #[sea_orm(string_value = "ARCHIVED")]
    Archived,
    /// Deleted; the row stays, since orders point at it.
    #[sea_orm(string_value = "DELETED")]
    Deleted,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub seller_id: SellerId,
    pub category_id: Option<CategoryId>,
    /// The seller's own key, unique among its living products.
    #[sea_orm(column_type = "Text")]
    pub handle: String,
    /// The product's name in URLs, unique among all living products.
    #[sea_orm(column_type = "Text")]
    pub slug: String,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name as it is compared and sorted, unique among the seller's living products.
    #[sea_orm(column_type = "Text")]
    pub name_key: String,
    /// Sanitised HTML.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    pub status: Status,
    /// Whatever the seller's own systems keep here: a JSON object.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    pub currency: CurrencyCode,
    /// Lowest price of its variants in minor units, a projection; 0 while there are none.
    pub price_min: i64,
    /// Highest price of its variants in minor units, a projection; 0 while there are none.
    pub price_max: i64,
    /// Number of living variants, a projection.
    pub variant_count: i32,
    /// Whether any variant can be bought now, a projection of the stock.
    pub in_stock: bool,
    /// Sum of its ratings, a projection of the reviews.
    pub rating_sum: i64,
    /// Number of its ratings, a projection of the reviews.
    pub rating_count: i64,
    /// Mean rating in hundredths of a star, 0 while there is none; what lists sort by.
    pub rating_average: i32,
    /// Counts the edits, for optimistic locking; projections do not count as edits.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    #[sea_orm(has_many)]
    pub options: HasMany<super::option::Entity>,
    #[sea_orm(has_many)]
    pub variants: HasMany<super::variant::Entity>,
    #[sea_orm(has_many)]
    pub images: HasMany<super::image::Entity>,
    #[sea_orm(has_many, via = "product_tag")]
    pub tags: HasMany<super::tag::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
