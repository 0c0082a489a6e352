//! Locking an account.

use super::admins::another_stays;
use crate::{
    accounts::sessions::{self, EndReason, Which},
    audit::{self, Entry},
    caller::{Actor, Caller},
    error::{Error, Result},
    permissions::Permission,
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::ids::AccountId;
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Why an account is locked, for those who read the audit log.
pub(crate) struct Reason(String);

impl Reason {
    /// Looks over what was typed.
    ///
    /// # Errors
    /// Invalid when it is empty or too long.
    pub(crate) fn read(text: &str, field: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().nth(LONGEST_REASON).is_some() {
            let message = format!("Give a reason of 1 to {LONGEST_REASON} characters.");
            return Err(Error::invalid(field, message));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Locks an account, and signs its person out everywhere.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `NotFound`; Conflict when it is locked already, is the caller's own, or
/// that of the last admin.
pub(crate) async fn account_suspend(
    caller: &Caller,
    tx: &Tx,
    id: AccountId,
    reason: &Reason,
) -> Result<()> {
    caller.require(Permission::AccountsSuspend)?;
    if matches!(caller.actor, Actor::Person(person) if person.account == id) {
        let message =
            "You cannot suspend yourself. Have another admin do it, or close the account.";
        return Err(Error::Conflict(message.to_owned()));
    }
    another_stays(tx, id).await?;
    set_status(caller, tx, id, (Status::Active, Status::Suspended)).await?;
    sessions::end(caller, tx, Which::AllOf(id), EndReason::Suspended).await?;
    let entry = Entry::new("account.suspend", "account", id)
        .change(
            "status",
            Status::Active.to_value(),
            Status::Suspended.to_value(),
        )
        .is("reason", &reason.0);
    audit::record(tx, caller, &[entry]).await
}

/// Brings an account from one state into another.
///
/// # Errors
/// `NotFound`; Conflict when it is not in the first.
pub(super) async fn set_status(
    caller: &Caller,
    tx: &Tx,
    id: AccountId,
    (from, to): (Status, Status),
) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(from))
        .exec(tx)
        .await?;
    if changed.rows_affected == 1 {
        return Ok(());
    }
    let found = Entity::find_by_id(id).one(tx).await?;
    let present = found.map(|account| account.status);
    Err(match present {
        Some(Status::Active) => Error::Conflict("The account is not suspended.".to_owned()),
        Some(Status::Suspended) => Error::Conflict("The account is suspended already.".to_owned()),
        Some(Status::Closed) | None => Error::NotFound("account"),
    })
}
