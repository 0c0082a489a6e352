//! Orders, as lists are made of them: kept by what happens, and never asked what is so.

use crate::{
    ids::{AccountId, OrderId},
    money::CurrencyCode,
    orders::order::State,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_view")]
pub struct Model {
    /// The order's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub number: Option<i64>,
    /// Whose it is; nothing for a guest's.
    pub customer_id: Option<AccountId>,
    /// The address, its ASCII letters in lower case.
    #[sea_orm(column_type = "Text")]
    pub email_key: String,
    pub state: State,
    pub currency: CurrencyCode,
    pub total: i64,
    /// When it was bought, in milliseconds since 1970.
    pub placed_ms: i64,
    /// Which version of the order this was made of.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
