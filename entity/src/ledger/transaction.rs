//! Transactions of the ledger.

use crate::{ids::LedgerTransactionId, money::CurrencyCode};
use sea_orm::entity::prelude::*;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// An order was paid.
    #[sea_orm(string_value = "SALE")]
    Sale,
    /// Money of an order went back.
    #[sea_orm(string_value = "REFUND")]
    Refund,
    /// A customer paid into a wallet.
    #[sea_orm(string_value = "TOP_UP")]
    TopUp,
    /// A customer sent money to another.
    #[sea_orm(string_value = "TRANSFER")]
    Transfer,
    /// The marketplace gave a customer money.
    #[sea_orm(string_value = "CREDIT")]
    Credit,
    /// A provider of payments kept a fee.
    #[sea_orm(string_value = "PROVIDER_FEE")]
    ProviderFee,
}

/// By what a transaction was caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum SourceKind {
    /// An order.
    #[sea_orm(string_value = "ORDER")]
    Order,
    /// A refund.
    #[sea_orm(string_value = "REFUND")]
    Refund,
    /// A payment.
    #[sea_orm(string_value = "PAYMENT")]
    Payment,
    /// A customer who sent money.
    #[sea_orm(string_value = "TRANSFER")]
    Transfer,
    /// Someone of the marketplace, or a voucher.
    #[sea_orm(string_value = "CREDIT")]
    Credit,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_transaction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LedgerTransactionId,
    pub kind: Kind,
    pub source_kind: SourceKind,
    /// Unique with the two kinds: nothing is posted twice.
    pub source_id: Uuid,
    pub currency: CurrencyCode,
    /// The transaction that this one takes back, in part or as a whole.
    pub of_id: Option<LedgerTransactionId>,
    /// SHA-256 of what was posted, in hexadecimal: the same source with other amounts is noticed.
    #[sea_orm(column_type = "Text")]
    pub fingerprint: String,
    /// What was said of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    pub posted_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
