//! Setting up an authenticator app, second half: a code of it shows that it works.

use super::{
    key::key,
    recovery_codes, standing,
    tell::{entry, tell},
    totp,
};
use crate::{
    accounts::letter::Reason,
    caller::Caller,
    error::{Error, Result},
};
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

/// How long an app that was given its secret may wait for its first code.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);

/// Makes the app a factor. Where it is the account's first, returns the recovery codes, which are told this once.
///
/// # Errors
/// Unauthenticated; Invalid when it is no code of an app that was enrolled a short while ago, or too many were wrong.
pub(crate) async fn totp_confirm(
    caller: &Caller,
    code: &SecretString,
) -> Result<Vec<SecretString>> {
    let (person, _) = caller.require_session()?;
    let (account, now) = (person.account, caller.clock.now());
    let (failures, counted) = (&caller.factor_failures, format!("enrol {}", account.0));
    if failures.begin(&counted, now).await?.is_some() {
        return Err(wrong());
    }
    let key = key(caller).await?;
    let which = totp::Which::EnrolledAfter(now - PATIENCE);
    let codes = caller
        .transaction(async |tx| {
            let had_any = standing(tx, account).await?.has_any();
            if !totp::redeem(tx, &key, account, which, code.expose_secret(), now).await? {
                return Err(wrong());
            }
            let codes = if had_any {
                Vec::new()
            } else {
                recovery_codes::replace(tx, account, now).await?
            };
            let entry = entry("factor.add", account).is("method", "TOTP");
            tell(caller, tx, account, Reason::FactorAdded, entry).await?;
            Ok(codes)
        })
        .await?;
    failures.succeeded(&counted, caller.clock.now()).await?;
    Ok(codes)
}

fn wrong() -> Error {
    Error::invalid(
        "input.code",
        "This is not the code of now. See that the device's clock is right, or begin again with totpEnrol, which is good for a \
         quarter of an hour.",
    )
}
