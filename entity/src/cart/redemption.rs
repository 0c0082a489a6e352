//! Uses of vouchers.

use crate::ids::{AccountId, OrderId, SellerId, VoucherId, VoucherRedemptionId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "voucher_redemption")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VoucherRedemptionId,
    pub voucher_id: VoucherId,
    /// The voucher's.
    pub seller_id: Option<SellerId>,
    pub customer_id: Option<AccountId>,
    /// Whose uses are counted together: an account, or the hash of a guest's address.
    #[sea_orm(column_type = "Text")]
    pub redeemer: String,
    pub order_id: OrderId,
    /// What it took off, in minor units of the order's currency.
    pub amount: i64,
    /// Which of the voucher's uses it is, from 1 without gaps; nothing once it was released.
    pub slot: Option<i64>,
    /// Which of the person's uses it is, from 1 without gaps; nothing once it was released.
    pub nth: Option<i64>,
    pub created_at: DateTimeUtc,
    pub released_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
