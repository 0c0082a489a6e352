//! Giving and taking roles.

use super::admins::another_stays;
use crate::{
    accounts::sessions,
    audit::{self, Entry},
    caller::{Actor, Caller, Role},
    error::{Error, Result},
    permissions::Permission,
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::ids::AccountId;
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

/// Gives an account a role in the place of the one it has. It is felt in this process at once, in others within five
/// seconds.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `StepUpRequired`; `NotFound`; Conflict when it is the caller's own account,
/// or that of the last admin, or not in use.
pub(crate) async fn account_set_role(
    caller: &Caller,
    tx: &Tx,
    id: AccountId,
    role: Role,
) -> Result<()> {
    caller.require(Permission::RolesGrant)?;
    if caller.actor != Actor::Operator && caller.require_step_up()?.account == id {
        let message = "You cannot change your own role. Have another admin do it.";
        return Err(Error::Conflict(message.to_owned()));
    }
    another_stays_unless(tx, id, role).await?;
    // The account first, and held: its role is told as it was.
    let found = Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    let account = found.filter(|account| account.status != Status::Closed);
    let account = account.ok_or(Error::NotFound("account"))?;
    if account.status == Status::Suspended {
        return Err(Error::Conflict(
            "The account is suspended. Reinstate it first.".to_owned(),
        ));
    }
    if account.role == role {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::Role, Expr::value(role))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Role.eq(account.role))
        .exec(tx)
        .await?;
    sessions::ask_anew(caller, tx, id).await?;
    let (before, after) = (account.role.to_value(), role.to_value());
    let entry = Entry::new("account.set_role", "account", id).change("role", before, after);
    audit::record(tx, caller, &[entry]).await
}

/// Whoever becomes an admin takes nothing from the admins there are.
async fn another_stays_unless(tx: &Tx, id: AccountId, role: Role) -> Result<()> {
    if role == Role::Admin {
        return Ok(());
    }
    another_stays(tx, id).await
}
