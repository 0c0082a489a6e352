//! Ceremonies of passkeys under way: what a device was asked to sign, kept here for five minutes and for one answer.
//!
//! Here and not with the client, which could send an old one again.

use crate::{
    accounts::token,
    caller::Caller,
    error::{Error, Result},
    platform::passkeys::PATIENCE,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::passkey_ceremony::{Column, Entity, Model};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};

/// What a device is asked to sign.
pub(crate) struct Ceremony {
    /// Names it, with the answer. Whoever has it can do nothing with it alone.
    pub(crate) token: SecretString,
    /// What goes to the browser's `navigator.credentials`.
    pub(crate) options: serde_json::Value,
    /// Until when it may be answered.
    pub(crate) expires_at: DateTime<Utc>,
}

/// Begins a ceremony: of `account`, which registers a passkey, or of nobody yet, where one is shown.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn begin(
    caller: &Caller,
    account: Option<AccountId>,
    state: &impl Serialize,
    options: serde_json::Value,
) -> Result<Ceremony> {
    let (token, now) = (token::generate()?, caller.clock.now());
    let life = TimeDelta::from_std(PATIENCE).map_err(Error::internal)?;
    let row = Model {
        hash: token::hash(&token),
        account_id: account,
        state: serde_json::to_string(state).map_err(Error::internal)?,
        created_at: now,
        expires_at: now + life,
    };
    let expires_at = row.expires_at;
    let row = row.into_active_model();
    caller
        .transaction(async |tx| Ok(Entity::insert(row).exec_without_returning(tx).await?))
        .await?;
    Ok(Ceremony {
        token: token.into(),
        options,
        expires_at,
    })
}

/// Takes the ceremony of this token, if it is one of `account` (or of nobody) under way. Whatever comes of its answer, there
/// is no other: of twins one takes it.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn take<State: DeserializeOwned>(
    caller: &Caller,
    account: Option<AccountId>,
    token: &SecretString,
) -> Result<Option<State>> {
    let hash = token::hash(token.expose_secret());
    let taken = caller
        .transaction(async |tx| {
            let found = Entity::find_by_id(&hash).one(tx).await?;
            let deleted = Entity::delete_many()
                .filter(Column::Hash.eq(&hash))
                .exec(tx)
                .await?;
            Ok(found.filter(|_| deleted.rows_affected == 1))
        })
        .await?;
    let is_good = |row: &Model| row.account_id == account && row.expires_at > caller.clock.now();
    let Some(row) = taken.filter(is_good) else {
        return Ok(None);
    };
    // One that another version wrote is as good as none.
    Ok(serde_json::from_str(&row.state).ok())
}
