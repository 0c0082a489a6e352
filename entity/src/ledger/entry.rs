//! Lines of the ledger's transactions.

use crate::{
    ids::{AccountId, LedgerAccountId, LedgerEntryId, LedgerTransactionId, SellerId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Reason {
    /// Money that came in or went back.
    #[sea_orm(string_value = "PAYMENT")]
    Payment,
    /// The price of goods.
    #[sea_orm(string_value = "GOODS")]
    Goods,
    /// The price of sending them.
    #[sea_orm(string_value = "SHIPPING")]
    Shipping,
    /// Tax on both.
    #[sea_orm(string_value = "TAX")]
    Tax,
    /// What a voucher took off.
    #[sea_orm(string_value = "VOUCHER")]
    Voucher,
    /// What the marketplace keeps.
    #[sea_orm(string_value = "COMMISSION")]
    Commission,
    /// Tax on what the marketplace keeps.
    #[sea_orm(string_value = "COMMISSION_TAX")]
    CommissionTax,
    /// What one customer sent another.
    #[sea_orm(string_value = "TRANSFER")]
    Transfer,
    /// What the marketplace gave.
    #[sea_orm(string_value = "CREDIT")]
    Credit,
    /// What a provider of payments kept.
    #[sea_orm(string_value = "PROVIDER_FEE")]
    ProviderFee,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LedgerEntryId,
    pub transaction_id: LedgerTransactionId,
    /// Its place in the transaction, from 1.
    pub line: i16,
    pub account_id: LedgerAccountId,
    /// Its place in the account, from 1, without gaps.
    pub sequence: i64,
    pub reason: Reason,
    /// Minor units; credit is positive.
    pub amount: i64,
    pub currency: CurrencyCode,
    /// The account's balance with it.
    pub balance_after: i64,
    /// The shop whose sale it is of, also on accounts of others.
    pub seller_id: Option<SellerId>,
    /// The customer whose wallet it is on.
    pub customer_id: Option<AccountId>,
    /// Never before the account's entry before it.
    pub posted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
