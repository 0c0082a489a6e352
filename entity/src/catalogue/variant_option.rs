//! Which value a variant has for each of its product's options.

use crate::ids::{OptionId, OptionValueId, ProductId, SellerId, VariantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variant_option")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub option_id: OptionId,
    pub value_id: OptionValueId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    #[sea_orm(belongs_to, from = "variant_id", to = "id")]
    pub variant: BelongsTo<super::variant::Entity>,
    #[sea_orm(belongs_to, from = "option_id", to = "id")]
    pub option: BelongsTo<super::option::Entity>,
    #[sea_orm(belongs_to, from = "value_id", to = "id")]
    pub value: BelongsTo<super::option_value::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
