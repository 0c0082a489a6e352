//! Whose account an identity signs in to.

use super::{Identity, Refusal, provider::Claims};
use crate::{
    accounts::{Email, Login, display_name::display_name, login_of},
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::accounts::{
    account::{self, Status},
    login, oidc_identity,
};
use entity::ids::{AccountId, OidcIdentityId};
use entity::role::Role;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, sea_query::Expr,
};

/// How someone is called who did not say.
const NAMELESS: &str = "New member";

/// The account of who the provider says that this is: the one that the identity is linked to; else the one whose verified address the
/// provider vouches for, which it is linked to then; else a new one.
pub(super) async fn account_of(
    caller: &Caller,
    issuer: &str,
    claims: &Claims,
) -> Result<Login, Refusal> {
    let attempt = || caller.transaction(async |tx| find_or_link(caller, tx, issuer, claims).await);
    let found = match attempt().await {
        // A twin was faster; what it left is found now.
        Err(Error::Conflict(_)) => attempt().await,
        found => found,
    };
    let login = login_of(caller, found??).await?;
    let login = login.ok_or(Refusal::AccountUnavailable)?;
    match login.account.status {
        Status::Active => Ok(login),
        _ => Err(Refusal::AccountUnavailable),
    }
}

async fn find_or_link(
    caller: &Caller,
    tx: &Tx,
    issuer: &str,
    claims: &Claims,
) -> Result<Result<AccountId, Refusal>> {
    let now = caller.clock.now();
    if let Some(account) = linked(tx, issuer, &claims.subject, now).await? {
        return Ok(Ok(account));
    }
    let Some(email) = claims.email.as_deref().filter(|_| claims.email_verified) else {
        return Ok(Err(Refusal::EmailNotVerified));
    };
    let Ok(email) = Email::parse(email, "email") else {
        return Ok(Err(Refusal::EmailNotVerified));
    };
    // Whoever changes the address or its standing waits, or is waited for.
    let holder = login::Entity::find()
        .filter(login::Column::EmailKey.eq(&email.key))
        .lock_shared()
        .one(tx)
        .await?;
    let mut entries = Vec::new();
    let account = match holder {
        Some(holder) if holder.email_verified_at.is_some() => holder.account_id,
        // Someone opened it with an address that was not shown to be theirs, and would be let in beside its person.
        Some(_) => return Ok(Err(Refusal::EmailTaken)),
        None => {
            let account = open(tx, &email, claims, now).await?;
            let entry = Entry::new("account.sign_up", "account", account);
            entries.push(entry.is("opened", true).is("issuer", issuer));
            account
        }
    };
    let identity = link(tx, account, issuer, &claims.subject, &email, now).await?;
    let entry = Entry::new("identity.link", "identity", identity).is("issuer", issuer);
    entries.push(entry.is("account", account.0));
    audit::record(tx, caller, &entries).await?;
    Ok(Ok(account))
}

async fn linked(
    tx: &Tx,
    issuer: &str,
    subject: &str,
    now: DateTime<Utc>,
) -> Result<Option<AccountId>> {
    use oidc_identity::Column;
    let found: Vec<Identity> = oidc_identity::Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .filter(Column::Issuer.eq(issuer))
        .filter(Column::Subject.eq(subject))
        .exec_with_returning(tx)
        .await?;
    Ok(found.first().map(|identity| identity.account_id))
}

async fn link(
    tx: &Tx,
    account: AccountId,
    issuer: &str,
    subject: &str,
    email: &Email,
    now: DateTime<Utc>,
) -> Result<OidcIdentityId> {
    let row = Identity {
        id: OidcIdentityId::generate(),
        account_id: account,
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        email: email.written.clone(),
        created_at: now,
        last_used_at: now,
    };
    let id = row.id;
    oidc_identity::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await
        .on_constraint("oidc_identity", twin)?;
    Ok(id)
}

/// Opens an account without a password. The address is verified: the provider vouches for it.
async fn open(tx: &Tx, email: &Email, claims: &Claims, now: DateTime<Utc>) -> Result<AccountId> {
    let name = claims.name.as_deref().unwrap_or(NAMELESS);
    let name = display_name(name, "name").unwrap_or_else(|_| NAMELESS.to_owned());
    let id = AccountId::generate();
    let account = account::Model {
        id,
        display_name: name,
        role: Role::Customer,
        status: Status::Active,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    account::Entity::insert(account.into_active_model())
        .exec_without_returning(tx)
        .await?;
    let login = login::Model {
        account_id: id,
        email: email.written.clone(),
        email_key: email.key.clone(),
        email_verified_at: Some(now),
        password_hash: None,
        password_changed_at: None,
        created_at: now,
        updated_at: now,
    };
    login::Entity::insert(login.into_active_model())
        .exec_without_returning(tx)
        .await
        .on_constraint("email_key", twin)?;
    Ok(id)
}

fn twin() -> Error {
    Error::Conflict("The same person is signing in elsewhere at this moment.".to_owned())
}
