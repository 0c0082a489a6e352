//! Accounts, as the API shows them.

use super::entry::LedgerEntry;
use crate::{
    error::Result,
    graphql::{
        ListOf, caller,
        children::Children,
        connection::{Connection, Count},
        ids::encode,
        loaders,
        paging::PageArguments,
        scalars::{CurrencyCode, Money},
    },
    ledger::{self, AccountKind as Kind, LedgerAccount as Row, LedgerEntry as EntryRow},
    platform::keyset::Page,
    sellers::Seller,
};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::{
    ids::{LedgerAccountId, SellerId},
    money::Money as Amount,
};
use std::sync::Arc;

/// What an account of the ledger is of. Credit is positive: what the marketplace owes or has earned is above zero, what lies with others
/// for it and what it spent below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub(crate) enum LedgerAccountKind {
    /// What is owed to a shop; below zero, what it owes.
    Seller,
    /// What is owed to a customer; never below zero.
    CustomerWallet,
    /// What lies with the providers of payments, below zero.
    ProviderClearing,
    /// What commission has earned.
    PlatformRevenue,
    /// What is owed to tax offices.
    Tax,
    /// What providers of payments have kept, below zero.
    Fees,
    /// What the marketplace's vouchers have cost, below zero.
    VoucherCost,
    /// What was given away out of goodwill, below zero.
    GoodwillCost,
}

/// An account in the ledger: a customer's wallet, what a shop has earned, or one of the marketplace's own. It is of one currency.
pub(crate) struct LedgerAccount(Arc<Row>);

impl From<Arc<Row>> for LedgerAccount {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

const ENTRIES: Children<Page, EntryRow, ()> = Children {
    pages: |loaders| &loaders.pages.entries_of_ledger_account,
    counts: |loaders| &loaders.counts.entries_of_ledger_account,
};

/// An account in the ledger: a customer's wallet, what a shop has earned, or one of the marketplace's own. It is of one currency.
#[Object]
impl LedgerAccount {
    /// Its id; `/api/v1/ledger-accounts/{id}/statement` is its whole statement as CSV.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What it is of.
    async fn kind(&self) -> LedgerAccountKind {
        self.0.kind.into()
    }

    /// Its currency.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// What it holds: the sum of its entries; as of `at` where that is given, the entries of that moment included.
    async fn balance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As of when; now where it is left out.")] at: Option<DateTime<Utc>>,
    ) -> Result<Money> {
        let minor = match at {
            None => self.0.balance,
            Some(at) => {
                let (parent, list) = (self.0.id.0, Arc::new(at));
                let balances = &loaders(ctx).objects.balances_at;
                balances.load(ListOf { parent, list }).await?.unwrap_or(0)
            }
        };
        let currency = self.0.currency;
        Ok(Money(Amount { minor, currency }))
    }

    /// What was posted to it, the last first.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<LedgerEntry>> {
        let page = PageArguments::new(first, after, last, before);
        statement(ctx, self.0.id, &page).await
    }

    /// When something was posted to it for the first time.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

async fn statement(
    ctx: &Context<'_>,
    account: LedgerAccountId,
    page: &PageArguments,
) -> Result<Connection<LedgerEntry>> {
    let order = ledger::entry_order().name;
    let page = page.page(order)?;
    ENTRIES.connection(ctx, account.0, page, order, ()).await
}

const OF_SELLER: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.ledger_accounts_of_seller,
    counts: |loaders| &loaders.counts.ledger_accounts_of_seller,
};

/// The accounts of a shop.
pub(crate) async fn of_seller(
    ctx: &Context<'_>,
    seller: SellerId,
    page: &PageArguments,
) -> Result<Connection<LedgerAccount>> {
    let order = ledger::order().name;
    let page = page.page(order)?;
    OF_SELLER.connection(ctx, seller.0, page, order, ()).await
}

/// What was posted to the account of a shop.
pub(crate) async fn statement_of_seller(
    ctx: &Context<'_>,
    seller: &Seller,
    page: &PageArguments,
) -> Result<Connection<LedgerEntry>> {
    statement(ctx, ledger::seller_account(seller), page).await
}

/// The caller's wallets.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    page: &PageArguments,
) -> Result<Connection<LedgerAccount>> {
    let order = ledger::order().name;
    let caller = caller(ctx);
    let slice = ledger::of_viewer(caller, &page.page(order)?).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { ledger::count_of_viewer(&caller).await })
    });
    Ok(Connection::new(&slice, order, count))
}
