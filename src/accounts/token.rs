//! Tokens that are sent by mail: 256 random bits, of which only a hash is kept, good for one use and for a while.

use crate::{
    app::App,
    error::{Error, Result},
    platform::database::Tx,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::token::{self, Column, Entity, Purpose};
use entity::ids::AccountId;
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// How long a token of this purpose is good.
fn life(purpose: Purpose) -> TimeDelta {
    match purpose {
        Purpose::VerifyEmail | Purpose::ChangeEmail => TimeDelta::hours(24),
        // Whoever reads the mail of others takes over their accounts with it.
        Purpose::ResetPassword => TimeDelta::hours(1),
    }
}

/// What is kept of a token, in hexadecimal digits. No salt: what is hashed cannot be guessed.
pub(crate) fn hash(token: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(token) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// 256 random bits, in base64url.
pub(crate) fn generate() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Makes a token of this purpose, sent to `email`. Older ones of it are void.
pub(super) async fn issue(
    tx: &Tx,
    account: AccountId,
    purpose: Purpose,
    email: &str,
    now: DateTime<Utc>,
) -> Result<String> {
    void(tx, account, &[purpose], now).await?;
    let token = generate()?;
    let row = token::Model {
        hash: hash(&token),
        account_id: account,
        purpose,
        email: email.to_owned(),
        created_at: now,
        expires_at: now + life(purpose),
        used_at: None,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(token)
}

/// The address that a person wants, as its newest token says.
pub(super) async fn wanted_email(tx: &Tx, account: AccountId) -> Result<Option<String>> {
    let row = Entity::find()
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.eq(Purpose::ChangeEmail))
        .filter(Column::UsedAt.is_null())
        .order_by_desc(Column::CreatedAt)
        .one(tx)
        .await?;
    Ok(row.map(|row| row.email))
}

/// The address that a token was sent to, whether or not it is still good.
///
/// # Errors
/// Invalid when there never was such a token, or it was swept away.
pub(super) async fn sent_to(app: &App, token: &str) -> Result<String> {
    let row = Entity::find_by_id(hash(token))
        .one(app.database.write())
        .await?;
    row.map(|row| row.email).ok_or_else(no_longer_good)
}

/// Makes the person's tokens of these purposes good for nothing.
pub(super) async fn void(
    tx: &Tx,
    account: AccountId,
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .filter(Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a token for what it is good for. Of twins one gets it.
///
/// # Errors
/// Invalid when it is none, was used, is too old, or was replaced.
pub(super) async fn redeem(
    tx: &Tx,
    token: &str,
    purposes: &[Purpose],
    now: DateTime<Utc>,
) -> Result<token::Model> {
    let taken = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Hash.eq(hash(token)))
        .filter(Column::Purpose.is_in(purposes.iter().copied()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(tx)
        .await?;
    taken.into_iter().next().ok_or_else(no_longer_good)
}

/// One text for whatever is wrong with a token.
pub(super) fn no_longer_good() -> Error {
    Error::invalid(
        "input.token",
        "This link was used already, is too old, or was replaced by a newer one. Ask for another.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_hold_256_bits_and_are_kept_as_hashes() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, other);
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&one).unwrap().len(), 32);
        assert_eq!(
            hash("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
