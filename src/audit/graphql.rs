//! The audit log, as the API shows it to support and admins.

use super::{AuditFilter as Filter, AuditRow};
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::{decode, encode, encode_as, uuid_of},
        paging::PageArguments,
        scalars::Json,
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::audit::entry::ActorKind;
use std::sync::Arc;
use uuid::Uuid;

/// What kind of someone acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "ActorKind")]
pub(crate) enum AuditActor {
    /// Someone who did not sign in.
    Anonymous,
    /// Someone who did.
    Person,
    /// Whoever runs the server, by its command line.
    Operator,
    /// The server by itself, in a job.
    System,
}

/// Which entries are asked for; what is left out does not narrow, and all that is said must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct AuditLogFilter {
    /// About this thing: its global id, or the name of what has none, such as a queue.
    entity_id: Option<ID>,
    /// About things of this type, for example "product".
    entity_type: Option<String>,
    /// Done by this account.
    account_id: Option<ID>,
    /// Of this action, for example "product.update".
    action: Option<String>,
    /// About things of this shop.
    seller_id: Option<ID>,
    /// Done at this time or later.
    since: Option<DateTime<Utc>>,
    /// Done before this time.
    until: Option<DateTime<Utc>>,
}

impl AuditLogFilter {
    fn read(self) -> Result<Filter> {
        let entity_id = self.entity_id.map(|id| match uuid_of(&id) {
            Some(uuid) => uuid.to_string(),
            None => id.0,
        });
        Ok(Filter {
            entity_id,
            entity_type: self.entity_type,
            account: self
                .account_id
                .map(|id| decode(&id, "filter.accountId"))
                .transpose()?,
            action: self.action,
            seller: self
                .seller_id
                .map(|id| decode(&id, "filter.sellerId"))
                .transpose()?,
            since: self.since,
            until: self.until,
        })
    }
}

/// Something that someone did.
pub(crate) struct AuditEntry(Arc<AuditRow>);

impl From<Arc<AuditRow>> for AuditEntry {
    fn from(row: Arc<AuditRow>) -> Self {
        Self(row)
    }
}

/// Something that someone did.
#[Object]
impl AuditEntry {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// When it was done.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// What kind of someone did it.
    async fn actor(&self) -> AuditActor {
        self.0.actor.into()
    }

    /// The account that did it; nothing where nobody had signed in.
    async fn account_id(&self) -> Option<ID> {
        self.0.account_id.map(encode)
    }

    /// Who acted in the account's place; nothing where it acted itself.
    async fn impersonator_id(&self) -> Option<ID> {
        self.0.impersonator_id.map(encode)
    }

    /// The account's role at the time.
    async fn role(&self) -> Option<&str> {
        self.0.role.as_deref()
    }

    /// The address it came from.
    async fn ip(&self) -> Option<&str> {
        self.0.ip.as_deref()
    }

    /// The request in which it was done.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What was done, for example "product.update".
    async fn action(&self) -> &str {
        &self.0.action
    }

    /// The type of the thing it was done to, for example "product".
    async fn entity_type(&self) -> &str {
        &self.0.entity_type
    }

    /// The thing it was done to: its global id, or the name of what has none, such as a queue.
    async fn entity_id(&self) -> ID {
        match (
            self.0.entity_id.parse::<Uuid>(),
            self.0.entity_type.as_str(),
        ) {
            (Ok(id), "account") => encode(entity::ids::AccountId(id)),
            (Ok(id), entity_type) => encode_as(entity_type, id),
            (Err(_), _) => ID(self.0.entity_id.clone()),
        }
    }

    /// The shop that the thing belongs to; nothing where it belongs to none.
    async fn seller_id(&self) -> Option<ID> {
        self.0.seller_id.map(encode)
    }

    /// The changed fields as they were.
    async fn before(&self) -> Json {
        json(&self.0.before)
    }

    /// The changed fields as they became.
    async fn after(&self) -> Json {
        json(&self.0.after)
    }

    /// The chain of hashes it stands in.
    async fn chain(&self) -> i32 {
        self.0.chain.into()
    }

    /// Its place in the chain, from 1, without gaps.
    async fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// SHA-256 over the entry and the hash of the one before it.
    async fn hash(&self) -> &str {
        &self.0.hash
    }
}

/// What is no JSON was not written by us: it is shown as it stands, and `doctor` tells of it.
fn json(text: &str) -> Json {
    Json(serde_json::from_str(text).unwrap_or_else(|_| text.into()))
}

#[derive(Default)]
pub(crate) struct AuditQueries;

#[Object]
impl AuditQueries {
    /// Who changed what, newest first. For support and admins.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<AuditLogFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>> {
        let filter = filter.unwrap_or_default().read()?;
        let order = super::order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let caller = caller(ctx);
        let slice = super::list(caller, &filter, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { super::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}
