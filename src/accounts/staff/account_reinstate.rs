//! Unlocking an account.

use super::account_suspend::set_status;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    permissions::Permission,
    platform::database::Tx,
};
use entity::{accounts::account::Status, ids::AccountId};
use sea_orm::ActiveEnum;

/// Unlocks an account that was suspended. Its person signs in anew.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `NotFound`; Conflict when it is not suspended.
pub(crate) async fn account_reinstate(caller: &Caller, tx: &Tx, id: AccountId) -> Result<()> {
    caller.require(Permission::AccountsSuspend)?;
    set_status(caller, tx, id, (Status::Suspended, Status::Active)).await?;
    let (suspended, active) = (Status::Suspended.to_value(), Status::Active.to_value());
    let entry = Entry::new("account.reinstate", "account", id).change("status", suspended, active);
    audit::record(tx, caller, &[entry]).await
}
