//! Pictures of products, by URL.

use crate::ids::{ImageId, ProductId, SellerId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_image")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImageId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// What the picture shows, for those who do not see it.
    #[sea_orm(column_type = "Text")]
    pub alt: String,
    /// Its place among the product's pictures, ascending from 1.
    pub position: i32,
    pub created_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "product_id", to = "id")]
    pub product: BelongsTo<super::product::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
