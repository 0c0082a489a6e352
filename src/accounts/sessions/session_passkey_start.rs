//! Beginning to show a passkey: to sign in with, or as the second factor.

use crate::{
    accounts::factors::{self, Ceremony},
    caller::Caller,
    error::Result,
    platform::rate_limits::Limit,
};

/// Asks for a passkey, whichever the device has.
///
/// # Errors
/// `RateLimited` by address; Conflict where the server has no domain that passkeys could be for.
pub(crate) async fn session_passkey_start(caller: &Caller) -> Result<Ceremony> {
    caller.spend(Limit::SignIn).await?;
    factors::passkey_show_start(caller).await
}
