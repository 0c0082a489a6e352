//! Identities, as the API shows them to their people.

use super::Identity as Row;
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::{decode, encode},
        paging::PageArguments,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::OidcIdentityId;
use std::sync::Arc;

/// Who a person is elsewhere, and may sign in as.
pub(crate) struct Identity(Arc<Row>);

impl From<Arc<Row>> for Identity {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Who a person is elsewhere, and may sign in as.
#[Object]
impl Identity {
    /// Its global id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Who says so: the address of the provider.
    async fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The e-mail address that the provider told when it was linked.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// When it was linked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the person last signed in with it.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.0.last_used_at
    }
}

/// A page of the caller's identities.
pub(crate) async fn own_identities(
    ctx: &Context<'_>,
    page: PageArguments,
) -> Result<Connection<Identity>> {
    let order = super::order();
    let page = page.page(order.name)?;
    let caller = caller(ctx);
    let slice = super::list(caller, &order, &page).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { super::count(&caller).await })
    });
    Ok(Connection::new(&slice, order.name, count))
}

/// Which identity is taken away.
#[derive(InputObject)]
pub(crate) struct IdentityUnlinkInput {
    /// The identity.
    id: ID,
}

/// What became of an identity.
#[derive(SimpleObject)]
pub(crate) struct IdentityUnlinkPayload {
    /// The id of what is no longer linked; nothing where it still is.
    unlinked_id: Option<ID>,
    /// What keeps it from being taken away.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct IdentityMutations;

#[Object]
impl IdentityMutations {
    /// Takes away that one may sign in with an account elsewhere. There must be another way in.
    async fn identity_unlink(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which identity is taken away.")] input: IdentityUnlinkInput,
    ) -> Result<IdentityUnlinkPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id: OidcIdentityId = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| super::identity_unlink(caller, tx, id).await).await;
        let (done, user_errors) = or_user_errors(done, "id")?;
        Ok(IdentityUnlinkPayload {
            unlinked_id: done.map(|()| encode(id)),
            user_errors,
        })
    }
}
