//! Closing an account: gone for everyone at once, and erased soon after.

use super::{end_sessions::end_sessions, erase_account::EraseAccount, own_password::own_password};
use crate::{
    caller::{Caller, Person},
    error::{Error, Result},
    jobs,
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::accounts::{login, session::EndReason, token};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Looks whether the caller knows the account's password.
///
/// # Errors
/// Invalid when not; Unauthenticated; Unavailable when too many passwords are being checked.
pub(super) async fn read_close(caller: &Caller, password: &str) -> Result<Person> {
    let person = caller.require_person()?;
    own_password(caller, person, password, "input.password").await?;
    Ok(person)
}

/// Closes the person's account. The address is free again; the row stays, since reviews and orders name it.
///
/// # Errors
/// Conflict when it is closed already.
pub(super) async fn account_close(caller: &Caller, tx: &Tx, person: Person) -> Result<()> {
    let (account, now) = (person.account, caller.clock.now());
    let closed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(Status::Closed))
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(account))
        .filter(Column::Status.ne(Status::Closed))
        .exec(tx)
        .await?;
    if closed.rows_affected == 0 {
        return Err(Error::Conflict("The account is closed already.".to_owned()));
    }
    login::Entity::delete_by_id(account).exec(tx).await?;
    token::Entity::delete_many()
        .filter(token::Column::AccountId.eq(account))
        .exec(tx)
        .await?;
    end_sessions(tx, account, None, EndReason::Closed, now).await?;
    jobs::enqueue(tx, &EraseAccount { account }).await?;
    Ok(())
}
