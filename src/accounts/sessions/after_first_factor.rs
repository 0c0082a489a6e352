//! What comes after someone has shown to be an account's person.

use super::{
    Tokens,
    begin::begin,
    challenge::{self, Challenge},
};
use crate::{
    accounts::{Login, factors},
    caller::Caller,
    error::Result,
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::accounts::{
    account::{self, Status},
    login,
};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// What someone gets who has shown one factor.
pub(crate) enum SignedIn {
    /// A session: it was enough. Boxed: far larger than the other.
    Tokens(Box<Tokens>),
    /// The account has a second factor, which is to be shown for this.
    SecondFactor(Challenge),
}

/// Begins a session of whoever was `seen` to be the account's person, or asks for the account's second factor; nothing where
/// that is not so any more: checking a password takes a while, in which it may have been changed, and all sessions ended for
/// that.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn after_first_factor(caller: &Caller, seen: &Login) -> Result<Option<SignedIn>> {
    let (account, as_seen) = (seen.account.id, seen.login.password_changed_at);
    caller
        .transaction(async |tx| {
            if !is_still_so(tx, account, as_seen).await? {
                return Ok(None);
            }
            let standing = factors::standing(tx, account).await?;
            if standing.has_any() {
                let now = caller.clock.now();
                let challenge = challenge::issue(tx, seen, standing.methods(), now).await?;
                return Ok(Some(SignedIn::SecondFactor(challenge)));
            }
            let tokens = begin(caller, tx, account, None).await?;
            Ok(Some(SignedIn::Tokens(Box::new(tokens))))
        })
        .await
}

/// Whether nobody changed the password of `account`, or suspended or closed it, since it was seen with a password of that time.
/// Who is about to waits from here on until this transaction ends, and then ends the session that it began.
pub(super) async fn is_still_so(
    tx: &Tx,
    account: AccountId,
    password_changed_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let as_seen = match password_changed_at {
        Some(at) => login::Column::PasswordChangedAt.eq(at),
        None => login::Column::PasswordChangedAt.is_null(),
    };
    let found = login::Entity::find()
        .inner_join(account::Entity)
        .filter(login::Column::AccountId.eq(account))
        .filter(as_seen)
        .filter(account::Column::Status.eq(Status::Active))
        .lock_shared()
        .one(tx)
        .await?;
    Ok(found.is_some())
}
