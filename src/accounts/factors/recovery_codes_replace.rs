//! New recovery codes in the place of those that are used up, or were lost.

use super::{
    guards::has_factor,
    recovery_codes,
    tell::{entry, tell},
};
use crate::{accounts::letter::Reason, caller::Caller, error::Result};
use secrecy::SecretString;

/// Makes ten new recovery codes, which are told this once. Those of before are void.
///
/// # Errors
/// Unauthenticated; `StepUpRequired`; Conflict where the account has no factor.
pub(crate) async fn recovery_codes_replace(caller: &Caller) -> Result<Vec<SecretString>> {
    let account = caller.require_step_up()?.account;
    caller
        .transaction(async |tx| {
            has_factor(tx, account).await?;
            let codes = recovery_codes::replace(tx, account, caller.clock.now()).await?;
            let entry = entry("factor.replace", account).is("method", "RECOVERY_CODES");
            tell(caller, tx, account, Reason::CodesReplaced, entry).await?;
            Ok(codes)
        })
        .await
}
