//! What orders are found by: the shops' own codes of what was bought.

use crate::ids::{AccountId, FulfilmentId, OrderId, SellerId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_view_sku")]
pub struct Model {
    /// The shop's part.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part_id: FulfilmentId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub sku: String,
    pub order_id: OrderId,
    pub seller_id: SellerId,
    /// The order's.
    pub customer_id: Option<AccountId>,
}

impl ActiveModelBehavior for ActiveModel {}
