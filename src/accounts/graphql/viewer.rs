//! Who asks, and all that is theirs.

use super::account::Account;
use crate::{
    accounts::{
        Login, addresses,
        factors::graphql::{Passkey, own_passkeys},
        find,
        keys::graphql::{ApiKey, own_keys},
        oidc::graphql::{Identity, own_identities},
        sessions,
    },
    cart::graphql::{Cart, of_viewer as own_cart},
    error::Result,
    graphql::{caller, connection::Connection, nullable, paging::PageArguments},
    ledger::graphql::{self as ledger, LedgerAccount},
    orders::graphql::{self as orders, Order, OrderFilter},
    sellers::graphql::{self as sellers, SellerMember},
};
use async_graphql::{Context, Object};
use std::sync::Arc;

/// Who asks.
pub(crate) struct Viewer(Arc<Login>);

impl From<Login> for Viewer {
    fn from(own: Login) -> Self {
        Self(Arc::new(own))
    }
}

/// Who asks, and what is theirs.
#[Object]
impl Viewer {
    /// The account of whoever asks.
    async fn account(&self) -> Account {
        Arc::clone(&self.0).into()
    }

    /// The sessions that go on, the last to begin first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<sessions::graphql::Session>> {
        let page = PageArguments::new(first, after, last, before);
        sessions::graphql::of_viewer(ctx, page).await
    }

    /// The addresses that were noted, the last one first.
    async fn addresses(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<addresses::graphql::Address>> {
        let page = PageArguments::new(first, after, last, before);
        addresses::graphql::of_viewer(ctx, page).await
    }

    /// The passkeys, the last to be added first.
    async fn passkeys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Passkey>> {
        own_passkeys(ctx, PageArguments::new(first, after, last, before)).await
    }

    /// One's wallets, one for each currency that was ever in one. No key sees them.
    async fn wallets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<LedgerAccount>> {
        ledger::of_viewer(ctx, &PageArguments::new(first, after, last, before)).await
    }

    /// The shops that the person works in, in the order in which it came there.
    async fn shops(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<SellerMember>> {
        sellers::of_viewer(ctx, &PageArguments::new(first, after, last, before)).await
    }

    /// One's orders, the last to be made first. No key sees them.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them.")] filter: Option<OrderFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Order>> {
        let page = PageArguments::new(first, after, last, before);
        orders::of_viewer(ctx, filter, &page).await
    }

    /// The active cart; nothing where there is none yet, and for keys.
    async fn cart(&self, ctx: &Context<'_>) -> Option<Result<Cart>> {
        own_cart(ctx).await
    }

    /// One's keys, the newest first; those that are no longer good are shown for a while. No key sees them.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<ApiKey>> {
        own_keys(ctx, PageArguments::new(first, after, last, before)).await
    }

    /// Who one is elsewhere and may sign in as, the newest first. No key sees them.
    async fn identities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Identity>> {
        own_identities(ctx, PageArguments::new(first, after, last, before)).await
    }
}

#[derive(Default)]
pub(crate) struct ViewerQueries;

#[Object]
impl ViewerQueries {
    /// Who asks; nothing for whoever has not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        nullable(find::own(caller(ctx)).await)
    }
}
