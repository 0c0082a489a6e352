//! Signing in.

use super::{SignedIn, after_first_factor, keys::keyring};
use crate::{
    accounts::{Email, check_password},
    caller::Caller,
    error::{Error, Result},
    platform::rate_limits::Limit,
};
use entity::accounts::{login, session};
use entity::ids::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Query};

/// Begins a session of whoever has this e-mail address and password, on the caller's device; or asks for the second factor,
/// where the account has one. Whoever does not know the password does not learn whether it has.
///
/// After a few failures for an address more of them cost a wait, in which also the right password is answered as a wrong one,
/// so that guessing in it tells nothing. But whoever has been signed in from the same address with the same program
/// before is let in: otherwise anyone could lock anyone out.
///
/// # Errors
/// `RateLimited` by address; Invalid, in the same words whether there is no such account, it is locked, the password is
/// wrong, or it was guessed too often.
pub(crate) async fn session_create(
    caller: &Caller,
    email: &str,
    password: &str,
) -> Result<SignedIn> {
    caller.spend(Limit::SignIn).await?;
    // Before the transaction: it may open one of its own.
    keyring(caller).await?;
    let guessed =
        Email::parse(email, "email").map_or_else(|_| "no address".to_owned(), |email| email.key);
    let (failures, now) = (&caller.password_failures, caller.clock.now());
    let is_held_off = failures.begin(&guessed, now).await?.is_some();
    // Asked for and checked in any case: it takes as long for everyone.
    let is_known = is_held_off && is_known_device(caller, &guessed).await?;
    let known = check_password(caller, email, password).await?;
    let now = caller.clock.now();
    let Some(known) = known else {
        // What was not held off is counted already.
        if is_held_off {
            failures.failed(&guessed, now).await?;
        }
        return Err(refusal());
    };
    if is_held_off && !is_known {
        failures.wait(&guessed, now).await?;
        return Err(refusal());
    }
    failures.succeeded(&guessed, now).await?;
    let signed_in = after_first_factor(caller, &known).await?;
    signed_in.ok_or_else(refusal)
}

fn refusal() -> Error {
    Error::invalid(
        "password",
        "This e-mail address and this password do not belong together.",
    )
}

/// Whether whoever has this address was signed in from the caller's address with the caller's program before.
async fn is_known_device(caller: &Caller, email_key: &str) -> Result<bool> {
    let Some(ip) = caller.client.ip else {
        return Ok(false);
    };
    let owner = Query::select()
        .column(login::Column::AccountId)
        .from(login::Entity)
        .and_where(login::Column::EmailKey.eq(email_key))
        .to_owned();
    let known = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::AccountId.in_subquery(owner))
        .filter(session::Column::Ip.eq(ip.to_string()))
        .filter(session::Column::UserAgent.eq(&caller.client.user_agent))
        .into_tuple::<SessionId>()
        .one(caller.database.write())
        .await?;
    Ok(known.is_some())
}
