//! An account, as the API shows it to its own person.

use crate::{
    accounts::{check_password::Login, find},
    error::Result,
    graphql::{caller, ids::encode, nullable},
};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::role::Role;

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

/// A person's account.
pub(crate) struct Account(Login);

impl From<Login> for Account {
    fn from(own: Login) -> Self {
        Self(own)
    }
}

/// A person's account, as the person sees it.
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

    /// Counts the edits: send it as `expectedVersion` with the next.
    async fn version(&self) -> i64 {
        self.0.account.version
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.account.created_at
    }
}

/// Who asks.
#[derive(SimpleObject)]
pub(crate) struct Viewer {
    /// The account of whoever asks.
    account: Account,
}

impl From<Login> for Viewer {
    fn from(own: Login) -> Self {
        Self {
            account: own.into(),
        }
    }
}

/// The caller's own account as it is now.
pub(super) async fn own_account(ctx: &Context<'_>) -> Result<Option<Account>> {
    Ok(find::own(caller(ctx)).await?.map(Account::from))
}

#[derive(Default)]
pub(crate) struct AccountQueries;

#[Object]
impl AccountQueries {
    /// Who asks; nothing for whoever has not signed in.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        nullable(find::own(caller(ctx)).await)
    }
}
