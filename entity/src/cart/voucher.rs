//! Codes that make things cheaper.

use crate::{
    ids::{SellerId, VoucherId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "voucher")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VoucherId,
    /// Whose lines it is for, and who bears it; nothing for the platform's.
    pub seller_id: Option<SellerId>,
    #[sea_orm(column_type = "Text")]
    pub code: String,
    /// The code as it is compared.
    #[sea_orm(column_type = "Text")]
    pub code_key: String,
    /// Basis points; nothing where it takes off an amount.
    pub rate_bps: Option<i16>,
    /// Minor units of `currency`; nothing where it takes off a part.
    pub amount: Option<i64>,
    /// Of the amounts here, and of the carts it is for; any where this says nothing.
    pub currency: Option<CurrencyCode>,
    /// From what goods on it is good, in minor units of `currency`.
    pub minimum: Option<i64>,
    pub starts_at: Option<DateTimeUtc>,
    pub ends_at: Option<DateTimeUtc>,
    /// How often it can be used.
    pub total_limit: Option<i64>,
    /// How often one person can use it.
    pub customer_limit: Option<i64>,
    /// How often it is used.
    pub redeemed: i64,
    pub active: bool,
    /// Counts the edits, from 1; uses are none.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
