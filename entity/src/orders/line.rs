//! One variant in an order, as it was bought.

use crate::ids::{AccountId, FulfilmentId, OrderId, OrderLineId, ProductId, SellerId, VariantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub fulfilment_id: FulfilmentId,
    pub seller_id: SellerId,
    /// The order's.
    pub customer_id: Option<AccountId>,
    pub product_id: ProductId,
    pub variant_id: VariantId,
    #[sea_orm(column_type = "Text")]
    pub product_name: String,
    #[sea_orm(column_type = "Text")]
    pub variant_name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub sku: Option<String>,
    pub unit_price: i64,
    pub quantity: i64,
    pub discount: i64,
    pub tax: i64,
    /// What is paid for it.
    pub total: i64,
    /// How many of it are not sent.
    pub cancelled: i64,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
