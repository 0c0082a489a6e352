//! Asking for accounts of the ledger.

use super::{account::LedgerAccount, inputs::LedgerAccountFilter};
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::decode,
        nullable,
        paging::PageArguments,
        scalars::CurrencyCode,
    },
    ledger,
    permissions::Permission,
};
use async_graphql::{Context, ID, Object};

#[derive(Default)]
pub(crate) struct LedgerQueries;

#[Object]
impl LedgerQueries {
    /// One's own wallet of a currency; nothing while nothing was ever in it. Not for keys.
    async fn wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which currency.")] currency: CurrencyCode,
    ) -> Option<Result<LedgerAccount>> {
        nullable(ledger::wallet(caller(ctx), currency.0).await)
    }

    /// The account of the ledger with this id: one's own wallet, or that of a shop whose money one keeps; any for support and admins. Not
    /// for keys.
    async fn ledger_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's id.")] id: ID,
    ) -> Option<Result<LedgerAccount>> {
        let found = async {
            caller(ctx).require_session()?;
            ledger::by_id(caller(ctx), decode(&id, "id")?).await
        };
        Some(found.await.map(Into::into))
    }

    /// Accounts of the ledger, whosever they are. For support and admins.
    async fn ledger_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<LedgerAccountFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<LedgerAccount>> {
        let caller = caller(ctx);
        caller.require(Permission::LedgerRead)?;
        let order = ledger::order();
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let filter = filter.unwrap_or_default().read()?;
        let slice = ledger::accounts(caller, &filter, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { ledger::count_accounts(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }
}
