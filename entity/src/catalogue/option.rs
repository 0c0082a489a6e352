//! The ways in which a product varies.

use crate::ids::{OptionId, ProductId, SellerId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_option")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OptionId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Its place among the product's options, ascending from 1.
    pub position: i32,
    #[sea_orm(belongs_to, from = "product_id", to = "id")]
    pub product: BelongsTo<super::product::Entity>,
    #[sea_orm(has_many)]
    pub values: HasMany<super::option_value::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
