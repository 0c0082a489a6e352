//! Parts of orders that are paid, as the lists of shops are made of them.

use crate::{
    ids::{AccountId, FulfilmentId, OrderId, SellerId},
    orders::fulfilment::State,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_view_part")]
pub struct Model {
    /// The part's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FulfilmentId,
    pub order_id: OrderId,
    pub seller_id: SellerId,
    /// The order's.
    pub customer_id: Option<AccountId>,
    /// The order's.
    pub number: i64,
    pub state: State,
    /// What the shop's part comes to.
    pub total: i64,
    /// When it was bought, in milliseconds since 1970.
    pub placed_ms: i64,
    /// Which version of the order this was made of.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
