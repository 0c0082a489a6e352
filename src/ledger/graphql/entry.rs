//! Entries and transactions, as the API shows them.

use crate::{
    error::{Error, Result},
    graphql::{
        ids::{encode, encode_as},
        loaders,
        scalars::Money,
    },
    ledger::{
        LedgerEntry as Row, LedgerTransaction as TransactionRow, Reason, SourceKind,
        TransactionKind as Kind,
    },
};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::money::Money as Amount;
use std::sync::Arc;

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Reason")]
pub(crate) enum LedgerReason {
    /// Money that came in or went back.
    Payment,
    /// The price of goods.
    Goods,
    /// The price of sending them.
    Shipping,
    /// Tax on both.
    Tax,
    /// What a voucher took off.
    Voucher,
    /// What the marketplace keeps.
    Commission,
    /// Tax on what the marketplace keeps.
    CommissionTax,
    /// What one customer sent another.
    Transfer,
    /// What the marketplace gave.
    Credit,
    /// What a provider of payments kept.
    ProviderFee,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub(crate) enum LedgerTransactionKind {
    /// An order was paid.
    Sale,
    /// Money of an order went back.
    Refund,
    /// A customer paid into a wallet.
    TopUp,
    /// A customer sent money to another.
    Transfer,
    /// The marketplace gave a customer money.
    Credit,
    /// A provider of payments kept a fee.
    ProviderFee,
}

/// A line of a transaction, on one account.
pub(crate) struct LedgerEntry(Arc<Row>);

impl From<Arc<Row>> for LedgerEntry {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

impl LedgerEntry {
    fn money(&self, minor: i64) -> Money {
        let currency = self.0.currency;
        Money(Amount { minor, currency })
    }
}

/// A line of a transaction, on one account.
#[Object]
impl LedgerEntry {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its place in the account, from 1, without gaps.
    async fn number(&self) -> i64 {
        self.0.sequence
    }

    /// What it is for.
    async fn reason(&self) -> LedgerReason {
        self.0.reason.into()
    }

    /// What it adds to the account; below zero, what it takes from it.
    async fn amount(&self) -> Money {
        self.money(self.0.amount)
    }

    /// What the account held after it.
    async fn balance_after(&self) -> Money {
        self.money(self.0.balance_after)
    }

    /// What it belongs to.
    async fn transaction(&self, ctx: &Context<'_>) -> Result<LedgerTransaction> {
        let transactions = &loaders(ctx).objects.ledger_transactions;
        let found = transactions.load(self.0.transaction_id).await?;
        found
            .map(LedgerTransaction::from)
            .ok_or(Error::NotFound("ledger transaction"))
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.0.posted_at
    }
}

/// What happened, posted to two accounts or more; the entries of a transaction sum to zero.
pub(crate) struct LedgerTransaction(Arc<TransactionRow>);

impl From<Arc<TransactionRow>> for LedgerTransaction {
    fn from(row: Arc<TransactionRow>) -> Self {
        Self(row)
    }
}

/// What happened, posted to two accounts or more; the entries of a transaction sum to zero.
#[Object]
impl LedgerTransaction {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What happened.
    async fn kind(&self) -> LedgerTransactionKind {
        self.0.kind.into()
    }

    /// The order, refund or payment that caused it; nothing where people did.
    async fn source_id(&self) -> Option<ID> {
        let prefix = match self.0.source_kind {
            SourceKind::Order => "order",
            SourceKind::Refund => "refund",
            SourceKind::Payment => "payment",
            SourceKind::Transfer | SourceKind::Credit => return None,
        };
        Some(encode_as(prefix, self.0.source_id))
    }

    /// What was said of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was posted.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.0.posted_at
    }
}
