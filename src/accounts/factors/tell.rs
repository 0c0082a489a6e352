//! Telling of changes: the person by mail, and the audit log.

use crate::{
    accounts::{SendMail, letter::Reason},
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    jobs,
    platform::database::Tx,
};
use entity::ids::AccountId;

/// Writes to the person for `reason`, and `entry` into the log. Last in a transaction.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn tell(
    caller: &Caller,
    tx: &Tx,
    account: AccountId,
    reason: Reason,
    entry: Entry,
) -> Result<()> {
    let letter = SendMail {
        account: Some(account),
        reason,
    };
    jobs::enqueue(tx, &letter).await?;
    audit::record(tx, caller, &[entry]).await
}

/// What was done to the factors of `account`, for the log.
pub(super) fn entry(action: &'static str, account: AccountId) -> Entry {
    Entry::new(action, "account", account)
}
