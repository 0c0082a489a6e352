//! Telling people what is kept about them.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    platform::rate_limits::Limit,
};

/// Lets the caller have all that is kept about its person, and writes down that it did: whoever else has the session would
/// want it too.
///
/// # Errors
/// Unauthenticated; `RateLimited`.
pub(crate) async fn account_export(caller: &Caller) -> Result<()> {
    let (person, _) = caller.require_session()?;
    caller.spend(Limit::Export).await?;
    let entry = Entry::new("account.export", "account", person.account);
    caller
        .transaction(async |tx| audit::record(tx, caller, &[entry]).await)
        .await
}
