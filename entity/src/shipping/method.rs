//! In which ways shops send things.

use crate::{
    ids::{SellerId, ShippingMethodId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shipping_method")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShippingMethodId,
    pub seller_id: SellerId,
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The shop's.
    pub currency: CurrencyCode,
    /// Minor units of `currency`.
    pub price: i64,
    /// From what goods of the shop on it costs nothing, in minor units of `currency`.
    pub free_from: Option<i64>,
    /// The countries it goes to, two letters each, with spaces between them; empty for all.
    #[sea_orm(column_type = "Text")]
    pub countries: String,
    /// After how many days it comes at the soonest.
    pub min_days: Option<i16>,
    /// After how many days it comes at the latest.
    pub max_days: Option<i16>,
    /// Whether it can be chosen.
    pub active: bool,
    /// Counts the edits, from 1.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
