//! Signing in with a passkey alone: it is on a device that the person has, and the device has verified the person.

use super::{Tokens, after_first_factor::is_still_so, begin::begin, keys::keyring};
use crate::{
    accounts::{
        factors::{self, Shown},
        login_of,
    },
    caller::Caller,
    error::Result,
    platform::rate_limits::Limit,
};
use secrecy::SecretString;

/// Begins a session of whoever has the passkey that was shown in the ceremony. The session counts as stepped up.
///
/// # Errors
/// `RateLimited` by address; Invalid, in the same words for whatever is wrong with the answer, the ceremony or the account.
pub(crate) async fn session_passkey_finish(
    caller: &Caller,
    ceremony: SecretString,
    credential: serde_json::Value,
) -> Result<Tokens> {
    caller.spend(Limit::SignIn).await?;
    keyring(caller).await?;
    let shown = Shown::Passkey {
        ceremony,
        credential,
    };
    // Not counted under anything: a passkey is not guessed.
    let shown = factors::look_over(caller, shown, "").await?;
    let Some(account) = shown.account() else {
        return Err(factors::wrong(&shown));
    };
    let seen = login_of(caller, account).await?;
    let seen = seen.ok_or_else(|| factors::wrong(&shown))?;
    let tokens = caller
        .transaction(async |tx| {
            let is_so = is_still_so(tx, account, seen.login.password_changed_at).await?;
            if !is_so || !factors::redeem(caller, tx, account, &shown).await? {
                return Ok(None);
            }
            let now = caller.clock.now();
            Ok(Some(begin(caller, tx, account, Some(now)).await?))
        })
        .await?;
    tokens.ok_or_else(|| factors::wrong(&shown))
}
