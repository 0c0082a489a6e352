//! Signing in.

use super::{Tokens, begin::begin, keys::keyring};
use crate::{
    accounts::check_password,
    caller::Caller,
    error::{Error, Result},
};
use entity::accounts::account::Status;

/// Begins a session of whoever has this e-mail address and password, on the caller's device.
///
/// # Errors
/// Invalid, in the same words whether there is no such account, it is locked, or the password is wrong.
pub(crate) async fn session_create(caller: &Caller, email: &str, password: &str) -> Result<Tokens> {
    // Before the transaction: it may open one of its own.
    keyring(caller).await?;
    let account = check_password(caller, email, password).await?;
    let account = account.filter(|account| account.status == Status::Active);
    let account = account.ok_or_else(|| {
        Error::invalid(
            "password",
            "This e-mail address and this password do not belong together.",
        )
    })?;
    caller
        .transaction(async |tx| begin(caller, tx, account.id).await)
        .await
}
