//! Signing in.

use super::{Tokens, begin::begin, keys::keyring};
use crate::{
    accounts::{Account, Email, check_password},
    caller::Caller,
    error::{Error, Result},
    platform::rate_limits::Limit,
};
use entity::{
    accounts::{account::Status, session},
    ids::AccountId,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// Begins a session of whoever has this e-mail address and password, on the caller's device.
///
/// After a few failures for an address more of them cost a wait, in which also the right password is answered as a wrong one,
/// so that guessing in it tells nothing. But whoever has been signed in from the same address with the same program
/// before is let in: otherwise anyone could lock anyone out.
///
/// # Errors
/// `RateLimited` by address; Invalid, in the same words whether there is no such account, it is locked, the password is
/// wrong, or it was guessed too often.
pub(crate) async fn session_create(caller: &Caller, email: &str, password: &str) -> Result<Tokens> {
    caller.spend(Limit::SignIn)?;
    // Before the transaction: it may open one of its own.
    keyring(caller).await?;
    let guessed =
        Email::parse(email, "email").map_or_else(|_| "no address".to_owned(), |email| email.key);
    let is_held_off = caller
        .password_failures
        .wait(&guessed, caller.clock.now())
        .is_some();
    // Checked in any case: it takes as long for everyone.
    let account = check_password(caller, email, password).await?;
    let Some(account) = account.filter(|account| account.status == Status::Active) else {
        caller
            .password_failures
            .failed(&guessed, caller.clock.now());
        return Err(refusal());
    };
    if is_held_off && !is_known_device(caller, account.id).await? {
        return Err(refusal());
    }
    caller.password_failures.succeeded(&guessed);
    begin_for(caller, &account).await
}

async fn begin_for(caller: &Caller, account: &Account) -> Result<Tokens> {
    caller
        .transaction(async |tx| begin(caller, tx, account.id).await)
        .await
}

fn refusal() -> Error {
    Error::invalid(
        "password",
        "This e-mail address and this password do not belong together.",
    )
}

/// Whether the account was signed in from the caller's address with the caller's program before.
async fn is_known_device(caller: &Caller, account: AccountId) -> Result<bool> {
    let Some(ip) = caller.client.ip else {
        return Ok(false);
    };
    let known = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::AccountId.eq(account))
        .filter(session::Column::Ip.eq(ip.to_string()))
        .filter(session::Column::UserAgent.eq(&caller.client.user_agent))
        .into_tuple::<entity::ids::SessionId>()
        .one(caller.database.write())
        .await?;
    Ok(known.is_some())
}
