//! Making keys good for nothing.

use super::ApiKey;
use crate::{
    app::App,
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::{Tx, transactions},
};
use entity::accounts::api_key::{Column, Entity};
use entity::ids::{AccountId, ApiKeyId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};
use std::sync::Arc;

/// Revokes a key of the caller's. This process feels it as soon as it is committed, others do within five seconds.
///
/// # Errors
/// Unauthenticated, Forbidden for keys; `NotFound`; Conflict when it is revoked already.
pub(crate) async fn api_key_revoke(caller: &Caller, tx: &Tx, id: ApiKeyId) -> Result<()> {
    let (person, _) = caller.require_session()?;
    let update = revoking(caller, person.account).filter(Column::Id.eq(id));
    let revoked: Vec<ApiKey> = update.exec_with_returning(tx).await?;
    if revoked.is_empty() {
        let is_there = Entity::find_by_id(id)
            .filter(Column::AccountId.eq(person.account))
            .one(tx)
            .await?;
        return Err(match is_there {
            Some(_) => Error::Conflict("The key is revoked already.".to_owned()),
            None => Error::NotFound("key"),
        });
    }
    audit::record(tx, caller, &over(caller, revoked)).await
}

/// Revokes all keys of an account, for whoever has to start anew. Returns what is to be recorded of it.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn revoke_all(app: &App, tx: &Tx, account: AccountId) -> Result<Vec<Entry>> {
    let revoked = revoking(app, account).exec_with_returning(tx).await?;
    Ok(over(app, revoked))
}

/// Deletes all keys of an account that is closed. Returns what is to be recorded of it.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn delete_all(app: &App, tx: &Tx, account: AccountId) -> Result<Vec<Entry>> {
    let mut deleted: Vec<ApiKey> = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .exec_with_returning(tx)
        .await?;
    deleted.retain(|key| key.revoked_at.is_none());
    Ok(over(app, deleted))
}

fn revoking(app: &App, account: AccountId) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(app.clock.now()))
        .filter(Column::AccountId.eq(account))
        .filter(Column::RevokedAt.is_null())
}

/// Has this process feel after the commit that the keys are over. Returns what is to be recorded of it.
fn over(app: &App, keys: Vec<ApiKey>) -> Vec<Entry> {
    let entry = |key: &ApiKey| {
        Entry::new("key.revoke", "key", key.id)
            .was("prefix", &key.prefix)
            .was("scopes", &key.scopes)
    };
    let entries = keys.iter().map(entry).collect();
    let prefixes: Vec<String> = keys.into_iter().map(|key| key.prefix).collect();
    let memory = Arc::clone(&app.keys);
    transactions::after_commit(move || memory.forget(&prefixes));
    entries
}
