//! Keys, as the API shows them to their people.

use super::{ApiKey as Row, Created, NewKey};
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
    scopes::{ApiScope as Scope, Scopes},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::ApiKeyId;
use secrecy::ExposeSecret;
use std::sync::Arc;

/// Something that a key is good for. Whoever acts by one may do no more than the person whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Scope")]
pub(crate) enum ApiScope {
    /// Read products, categories, shops and reviews.
    CatalogueRead,
    /// Change the products of one's shops.
    CatalogueWrite,
    /// Read one's own account, but not how its person signs in.
    AccountRead,
    /// See jobs and queues, for whoever may.
    JobsRead,
    /// Read who changed what, for whoever may.
    AuditRead,
}

/// A key with which a program acts as a person.
pub(crate) struct ApiKey(Arc<Row>);

impl From<Arc<Row>> for ApiKey {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// A key with which a program acts as a person.
#[Object]
impl ApiKey {
    /// Its global id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What its person calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// By what it is known: the characters between the first underscore and the next, which are no secret.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// What it is good for: at least one scope, each once.
    async fn scopes(&self) -> Vec<ApiScope> {
        Scopes::read(&self.0.scopes)
            .iter()
            .map(ApiScope::from)
            .collect()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// It is good until then.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was last used, to the minute; nothing where it never was.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// When it was made good for nothing before its time.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }
}

/// A page of the caller's keys.
pub(crate) async fn own_keys(ctx: &Context<'_>, page: PageArguments) -> Result<Connection<ApiKey>> {
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

/// A key that is wanted.
#[derive(InputObject)]
pub(crate) struct ApiKeyCreateInput {
    /// What to call it: what it is for, or where it is kept.
    name: String,
    /// What it is to be good for; at least one, and no more than is needed.
    scopes: Vec<ApiScope>,
    /// For how many days it is good, at most 365.
    #[graphql(default = 90)]
    expires_in_days: i32,
}

/// Which key is revoked.
#[derive(InputObject)]
pub(crate) struct ApiKeyRevokeInput {
    /// The key.
    id: ID,
}

/// A key that was made.
#[derive(SimpleObject)]
pub(crate) struct ApiKeyCreatePayload {
    /// The key; nothing where none was made.
    api_key: Option<ApiKey>,
    /// The key itself, which is told this once: send it in the header `Authorization`, behind `Bearer`.
    secret: Option<String>,
    /// What keeps it from being made.
    user_errors: Vec<UserError>,
}

/// What became of a key.
#[derive(SimpleObject)]
pub(crate) struct ApiKeyRevokePayload {
    /// The key as it is now; nothing where it was not revoked.
    api_key: Option<ApiKey>,
    /// What keeps it from being revoked.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct ApiKeyMutations;

#[Object]
impl ApiKeyMutations {
    /// Makes a key with which a program acts as the caller, for whoever showed a second factor a short while before. Idempotency
    /// keys do nothing here: the secret is not kept, so it could not be told again.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A key that is wanted.")] input: ApiKeyCreateInput,
    ) -> Result<ApiKeyCreatePayload> {
        let caller = caller(ctx);
        caller.require_step_up()?;
        let scopes: Scopes = input.scopes.into_iter().map(Scope::from).collect();
        let created = match NewKey::read(&input.name, scopes, input.expires_in_days) {
            Ok(new) => super::api_key_create(caller, new).await,
            Err(error) => Err(error),
        };
        let (created, user_errors) = or_user_errors(created, "input")?;
        let (api_key, secret) = created.map(|Created { row, key }| (row, key)).unzip();
        Ok(ApiKeyCreatePayload {
            api_key: api_key.map(|row| Arc::new(row).into()),
            secret: secret.map(|key| key.expose_secret().to_owned()),
            user_errors,
        })
    }

    /// Makes one of one's keys good for nothing, from now on and for ever.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which key is revoked.")] input: ApiKeyRevokeInput,
    ) -> Result<ApiKeyRevokePayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id: ApiKeyId = decode(&input.id, "input.id")?;
        let done = once(ctx, async |tx| super::api_key_revoke(caller, tx, id).await).await;
        let (revoked, user_errors) = or_user_errors(done, "id")?;
        let api_key = match revoked {
            Some(()) => Some(super::by_id(caller, id).await?.into()),
            None => None,
        };
        Ok(ApiKeyRevokePayload {
            api_key,
            user_errors,
        })
    }
}
