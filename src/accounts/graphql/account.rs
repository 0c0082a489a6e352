//! An account, as the API shows it to its own person.

use crate::{
    accounts::{Login, factors::graphql::SecondFactors, find},
    error::Result,
    graphql::{caller, ids::encode},
};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::{accounts::account::Status, role::Role};
use std::sync::Arc;

/// What an account may do beyond what it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Role")]
pub(crate) enum AccountRole {
    /// Buys, and sells as a member of shops.
    Customer,
    /// Helps customers and sellers.
    Support,
    /// Runs the marketplace.
    Admin,
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub(crate) enum AccountStatus {
    /// It may.
    Active,
    /// The marketplace has locked it.
    Suspended,
    /// Its person has closed it.
    Closed,
}

/// A person's account.
pub(crate) struct Account(Arc<Login>);

impl From<Arc<Login>> for Account {
    fn from(known: Arc<Login>) -> Self {
        Self(known)
    }
}

/// A person's account, as the person sees it, and those who help.
#[Object]
impl Account {
    /// Its global id, the same that everyone sees on what the person wrote.
    async fn id(&self) -> ID {
        encode(self.0.account.id)
    }

    /// The address with which the person signs in.
    async fn email(&self) -> &str {
        &self.0.login.email
    }

    /// Whether the person has shown that mail to the address arrives.
    async fn email_verified(&self) -> bool {
        self.0.login.email_verified_at.is_some()
    }

    /// The name the person chose to be shown.
    async fn display_name(&self) -> &str {
        &self.0.account.display_name
    }

    /// What it may do beyond what it owns.
    async fn role(&self) -> AccountRole {
        self.0.account.role.into()
    }

    /// Whether it may be used.
    async fn status(&self) -> AccountStatus {
        self.0.account.status.into()
    }

    /// Counts the edits: send it as `expectedVersion` with the next.
    async fn version(&self) -> i64 {
        self.0.account.version
    }

    /// What the person shows beside the password to sign in.
    async fn second_factors(&self, ctx: &Context<'_>) -> Result<SecondFactors> {
        SecondFactors::of(caller(ctx), self.0.account.id).await
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.account.created_at
    }
}

/// The caller's own account as it is now.
pub(super) async fn own_account(ctx: &Context<'_>) -> Result<Option<Account>> {
    Ok(find::own(caller(ctx))
        .await?
        .map(|own| Arc::new(own).into()))
}
