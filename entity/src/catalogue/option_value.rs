//! The values an option can take.

use crate::ids::{OptionId, OptionValueId, ProductId, SellerId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "option_value")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OptionValueId,
    pub option_id: OptionId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Its place among the option's values, ascending from 1.
    pub position: i32,
    #[sea_orm(belongs_to, from = "option_id", to = "id")]
    pub option: BelongsTo<super::option::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
