//! Signing in, second half: the second factor.

use super::{Tokens, after_first_factor::is_still_so, begin::begin, challenge, keys::keyring};
use crate::{
    accounts::factors::{self, Shown},
    caller::Caller,
    error::Result,
    platform::rate_limits::Limit,
};
use secrecy::SecretString;

/// Begins the session for which `challenge` was given, if what is shown is a factor of its account. The session counts as
/// stepped up.
///
/// Every try is counted, and kept whatever comes of it. The challenge's row is taken after the account's, as everywhere.
///
/// # Errors
/// `RateLimited` by address; Invalid, in the same words for a factor that was wrong, that was used, or that is held off since
/// others guess, and in other words for a challenge that is over.
pub(crate) async fn session_confirm(
    caller: &Caller,
    challenge: &SecretString,
    shown: Shown,
) -> Result<Tokens> {
    caller.spend(Limit::SignIn).await?;
    keyring(caller).await?;
    let challenge = challenge::find(caller, challenge).await?;
    let account = challenge.account_id;
    let counted = format!("sign in {}", account.0);
    let shown = factors::look_over(caller, shown, &counted).await?;
    let tokens = caller
        .transaction(async |tx| {
            if !is_still_so(tx, account, challenge.password_changed_at).await? {
                return Err(challenge::over());
            }
            challenge::count_try(tx, &challenge).await?;
            if !factors::redeem(caller, tx, account, &shown).await? {
                return Ok(None);
            }
            let now = caller.clock.now();
            challenge::use_up(tx, &challenge, now).await?;
            Ok(Some(begin(caller, tx, account, Some(now)).await?))
        })
        .await?;
    let tokens = tokens.ok_or_else(|| factors::wrong(&shown))?;
    shown.was_good(caller).await?;
    Ok(tokens)
}
