//! Accounts of the ledger.

use crate::{
    ids::{AccountId, LedgerAccountId, SellerId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// What an account is of. Credit is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// What we owe a shop; below zero, what it owes us.
    #[sea_orm(string_value = "SELLER")]
    Seller,
    /// What we owe a customer; never below zero.
    #[sea_orm(string_value = "CUSTOMER_WALLET")]
    CustomerWallet,
    /// What lies with the providers of payments: below zero by so much.
    #[sea_orm(string_value = "PROVIDER_CLEARING")]
    ProviderClearing,
    /// What we have earned by commission.
    #[sea_orm(string_value = "PLATFORM_REVENUE")]
    PlatformRevenue,
    /// What we owe tax offices.
    #[sea_orm(string_value = "TAX")]
    Tax,
    /// What providers of payments have kept: below zero by so much.
    #[sea_orm(string_value = "FEES")]
    Fees,
    /// What our vouchers have cost us: below zero by so much.
    #[sea_orm(string_value = "VOUCHER_COST")]
    VoucherCost,
    /// What we have given away out of goodwill: below zero by so much.
    #[sea_orm(string_value = "GOODWILL_COST")]
    GoodwillCost,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_account")]
pub struct Model {
    /// Made of what the account is of, so that it is known before the account is there.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LedgerAccountId,
    pub kind: Kind,
    /// Whose it is, of a shop's.
    pub seller_id: Option<SellerId>,
    /// Whose it is, of a customer's.
    pub customer_id: Option<AccountId>,
    pub currency: CurrencyCode,
    /// Which of several it is, of the marketplace's own.
    pub stripe: i16,
    /// The sum of its entries, in minor units.
    pub balance: i64,
    /// How many entries it has.
    pub entries: i64,
    pub created_at: DateTimeUtc,
    /// When its last entry was posted.
    pub posted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
