//! Asking for another address.

use super::{
    Email, SendMail, letter::Reason, own_password::own_password, spend_letter::spend_letter, token,
};
use crate::{
    caller::{Caller, Person},
    error::Result,
    jobs,
    platform::database::Tx,
};
use entity::accounts::token::Purpose;

/// A change of address, looked over.
pub(super) struct EmailChange {
    person: Person,
    email: Email,
}

impl EmailChange {
    /// Looks over what was sent.
    ///
    /// # Errors
    /// Invalid, naming what is wrong; Unauthenticated; `RateLimited` after too many wrong passwords, or letters to the address;
    /// Unavailable when too many passwords are being checked.
    pub(super) async fn read(caller: &Caller, email: &str, password: &str) -> Result<Self> {
        let (person, _) = caller.require_session()?;
        let email = Email::parse(email, "input.newEmail")?;
        own_password(caller, person, password, "input.password").await?;
        spend_letter(caller, &email).await?;
        Ok(Self { person, email })
    }
}

/// Has a letter sent to the new address, whose link changes it, and one to the present address, which says so. Whether anyone else
/// has the new address is told to nobody but its reader.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn account_request_email_change(
    caller: &Caller,
    tx: &Tx,
    change: EmailChange,
) -> Result<()> {
    let (account, now) = (change.person.account, caller.clock.now());
    // Keeps the address; the token itself is thrown away, and the job that writes the letter makes another.
    token::issue(
        tx,
        account,
        Purpose::ChangeEmail,
        &change.email.written,
        now,
    )
    .await?;
    for reason in [Reason::EmailNew, Reason::EmailLeaving] {
        let account = Some(account);
        jobs::enqueue(tx, &SendMail { account, reason }).await?;
    }
    Ok(())
}
