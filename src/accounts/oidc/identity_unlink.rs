//! Taking an identity from an account.

use super::Identity;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::{login, oidc_identity};
use entity::ids::{AccountId, OidcIdentityId};
use oidc_identity::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::LockType,
};

/// Takes an identity from the caller's account, which must have another way in: a password, or another identity.
///
/// # Errors
/// Unauthenticated, Forbidden for keys; `NotFound`; Conflict when there is no other way in.
pub(crate) async fn identity_unlink(caller: &Caller, tx: &Tx, id: OidcIdentityId) -> Result<()> {
    let (person, _) = caller.require_session()?;
    // Whoever takes another from it, or the password, waits.
    let login = login::Entity::find_by_id(person.account)
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .ok_or(Error::Unauthenticated)?;
    let deleted: Vec<Identity> = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::AccountId.eq(person.account))
        .exec_with_returning(tx)
        .await?;
    if deleted.is_empty() {
        return Err(Error::NotFound("identity"));
    }
    let others = Entity::find()
        .filter(Column::AccountId.eq(person.account))
        .count(tx)
        .await?;
    if others == 0 && login.password_hash.is_none() {
        return Err(Error::Conflict(
            "This is the only way into the account. Choose a password first: ask for a new one by mail.".to_owned(),
        ));
    }
    audit::record(tx, caller, &entries(&deleted)).await
}

/// Deletes all identities of an account that is closed. Returns what is to be recorded of it.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn delete_all(tx: &Tx, account: AccountId) -> Result<Vec<Entry>> {
    let deleted: Vec<Identity> = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .exec_with_returning(tx)
        .await?;
    Ok(entries(&deleted))
}

fn entries(deleted: &[Identity]) -> Vec<Entry> {
    let entry = |identity: &Identity| {
        Entry::new("identity.unlink", "identity", identity.id)
            .was("issuer", &identity.issuer)
            .was("account", identity.account_id.0)
    };
    deleted.iter().map(entry).collect()
}
