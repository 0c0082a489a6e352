//! Asking people who are signed in for their password again, before what would take the account from them. Whoever stole a session
//! guesses here, so failures cost a wait.

use super::check_password::{Login, login_of};
use super::password::Checked;
use crate::{
    caller::{Caller, Person},
    error::{Error, Result},
};

/// How the person signs in, if this is its password.
///
/// # Errors
/// Invalid when it is not, naming the input's `field`; `RateLimited` after too many that were not, without a look at this one;
/// Unauthenticated when the account is closed; Unavailable when too many passwords are being checked.
pub(super) async fn own_password(
    caller: &Caller,
    person: Person,
    password: &str,
    field: &str,
) -> Result<Login> {
    let own = login_of(caller, person.account).await?;
    let own = own.ok_or(Error::Unauthenticated)?;
    // Apart from those of signing in: whoever guesses there does not hold off who is signed in.
    let (failures, key) = (
        &caller.password_failures,
        format!("account {}", person.account.0),
    );
    if let Some(after) = failures.begin(&key, caller.clock.now()).await? {
        return Err(Error::RateLimited { after });
    }
    let kept = own.login.password_hash.clone();
    match caller.passwords.check(password, kept).await? {
        Checked::Right | Checked::Outdated => {
            failures.succeeded(&key, caller.clock.now()).await?;
            Ok(own)
        }
        Checked::Wrong => Err(Error::invalid(field, "This is not your password.")),
    }
}
