//! Who asks, as the API shows it to itself.

use super::account::{Account, own_account};
use crate::{
    accounts::sessions::graphql::{self as sessions, Session},
    error::Result,
    graphql::{caller, connection::Connection, paging::PageArguments},
};
use async_graphql::{Context, Object};

/// Who asks.
pub(crate) struct Viewer;

/// Who asks.
#[Object]
impl Viewer {
    /// The account of whoever asks; nothing once it is closed.
    async fn account(&self, ctx: &Context<'_>) -> Option<Result<Account>> {
        own_account(ctx).await.transpose()
    }

    /// The sessions that go on, the last to begin first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Session>> {
        sessions::own(ctx, &PageArguments::new(first, after, last, before)).await
    }
}

#[derive(Default)]
pub(crate) struct ViewerQueries;

#[Object]
impl ViewerQueries {
    /// Who asks; nothing for whoever has not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Viewer> {
        caller(ctx).require_person().ok().map(|_| Viewer)
    }
}
