//! What is bought.

use crate::{
    ids::{ImageId, ProductId, SellerId, VariantId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// The unit a seller states weights in. Grams are what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum WeightUnit {
    #[sea_orm(string_value = "GRAMS")]
    Grams,
    #[sea_orm(string_value = "KILOGRAMS")]
    Kilograms,
    #[sea_orm(string_value = "OUNCES")]
    Ounces,
    #[sea_orm(string_value = "POUNDS")]
    Pounds,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "variant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VariantId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    /// The seller's stock-keeping unit, unique among its living variants; not every seller keeps one.
    #[sea_orm(column_type = "Text", nullable)]
    pub sku: Option<String>,
    /// Its option values joined, for example "M / Red"; empty for the only variant of a product without options.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Minor units of `currency`.
    pub price: i64,
    /// What it cost before, in minor units of `currency`.
    pub compare_at_price: Option<i64>,
    pub currency: CurrencyCode,
    #[sea_orm(column_type = "Text", nullable)]
    pub barcode: Option<String>,
    pub weight_grams: Option<i64>,
    pub weight_unit: WeightUnit,
    pub image_id: Option<ImageId>,
    /// Its place among the product's variants, ascending from 1.
    pub position: i32,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    #[sea_orm(belongs_to, from = "product_id", to = "id")]
    pub product: BelongsTo<super::product::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
