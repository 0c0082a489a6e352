//! Who may change factors: whoever had the password alone must not get past a factor by adding another.

use super::standing;
use crate::{
    accounts::{Login, own_password::own_password},
    caller::{Caller, Person},
    error::{Error, Result},
};
use entity::ids::AccountId;
use sea_orm::ConnectionTrait;

/// Lets pass who may add a factor: who knows the password and, where the account has a factor already, showed it a short
/// while ago.
///
/// # Errors
/// Unauthenticated; Invalid when it is not the password; `StepUpRequired`.
pub(super) async fn may_add(caller: &Caller, password: &str) -> Result<(Person, Login)> {
    let (person, _) = caller.require_session()?;
    let own = own_password(caller, person, password, "input.password").await?;
    let has_any = standing(caller.database.write(), person.account)
        .await?
        .has_any();
    if has_any {
        caller.require_step_up()?;
    }
    Ok((person, own))
}

/// The same for who sends no password: a factor that was shown a short while ago does too.
///
/// # Errors
/// Unauthenticated; Invalid where there was none.
pub(super) fn may_add_stepped_up(caller: &Caller) -> Result<Person> {
    caller.require_session()?;
    caller.require_step_up().map_err(|_| {
        let message =
            "Send the password. Only who has shown a second factor a short while before need not.";
        Error::invalid("input.password", message)
    })
}

/// Fails where the account has no factor.
///
/// # Errors
/// Conflict, which says how to set one up.
pub(crate) async fn has_factor(db: &impl ConnectionTrait, account: AccountId) -> Result<()> {
    if standing(db, account).await?.has_any() {
        Ok(())
    } else {
        Err(Error::Conflict(
            "This account has no second factor. Set one up first: an authenticator app with totpEnrol, or a \
             passkey with passkeyRegisterStart.".to_owned(),
        ))
    }
}
