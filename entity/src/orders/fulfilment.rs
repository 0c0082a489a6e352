//! What one shop has to do for an order.

use crate::ids::{AccountId, FulfilmentId, OrderId, SellerId};
use sea_orm::entity::prelude::*;

/// How far a shop's part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// The order is not paid yet.
    #[sea_orm(string_value = "PENDING")]
    Pending,
    /// It is to be sent.
    #[sea_orm(string_value = "OPEN")]
    Open,
    /// It is on its way.
    #[sea_orm(string_value = "SHIPPED")]
    Shipped,
    /// It has arrived.
    #[sea_orm(string_value = "DELIVERED")]
    Delivered,
    /// Nothing of it is sent.
    #[sea_orm(string_value = "CANCELLED")]
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_fulfilment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FulfilmentId,
    pub order_id: OrderId,
    pub seller_id: SellerId,
    /// The order's.
    pub customer_id: Option<AccountId>,
    pub state: State,
    /// What the shop was called.
    #[sea_orm(column_type = "Text")]
    pub seller_name: String,
    /// How it is sent; nothing where the shop has no ways of shipping.
    #[sea_orm(column_type = "Text", nullable)]
    pub method_name: Option<String>,
    pub subtotal: i64,
    pub voucher_by_seller: i64,
    pub voucher_by_platform: i64,
    pub shipping: i64,
    /// The part of the tax that is for shipping.
    pub shipping_tax: i64,
    pub tax: i64,
    pub total: i64,
    /// How much of the total is not to be paid any more.
    pub cancelled: i64,
    /// What the marketplace keeps, as it was when it was bought.
    pub commission_bps: i16,
    #[sea_orm(column_type = "Text", nullable)]
    pub carrier: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub tracking_number: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub shipped_at: Option<DateTimeUtc>,
    pub delivered_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
