//! Closing an account: gone for everyone at once, and erased soon after.

use super::{
    erase_account::EraseAccount,
    events::AuthorChanged,
    factors, keys, oidc,
    own_password::own_password,
    sessions::{self, EndReason, Which},
    staff::another_stays,
};
use crate::{
    audit::Entry,
    caller::{Caller, Person, Role},
    error::{Error, Result},
    jobs, outbox,
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::accounts::{login, token};
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Looks whether the caller knows the account's password.
///
/// # Errors
/// Invalid when not; Unauthenticated; Unavailable when too many passwords are being checked.
pub(super) async fn read_close(caller: &Caller, password: &str) -> Result<Person> {
    let (person, _) = caller.require_session()?;
    own_password(caller, person, password, "input.password").await?;
    Ok(person)
}

/// Closes the person's account. The address is free again; the row stays, since reviews and orders name it. What is left to be
/// written down is returned; call `crate::closing`, which does.
///
/// # Errors
/// Conflict when it is closed already, or that of the last admin.
pub(crate) async fn account_close(caller: &Caller, tx: &Tx, person: Person) -> Result<Vec<Entry>> {
    let (account, now) = (person.account, caller.clock.now());
    let found = Entity::find_by_id(account).one(tx).await?;
    // Before the account is held: admins wait for each other in the order of their ids.
    if found.is_some_and(|found| found.role == Role::Admin) {
        another_stays(tx, account).await?;
    }
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
    sessions::end(caller, tx, Which::AllOf(account), EndReason::Closed).await?;
    let mut entries = keys::delete_all(caller, tx, account).await?;
    factors::erase(tx, account).await?;
    entries.extend(oidc::delete_all(tx, account).await?);
    jobs::enqueue(tx, &EraseAccount { account }).await?;
    let changed = AuthorChanged {
        account_id: account,
    };
    outbox::emit_one(tx, &changed).await?;
    let entry =
        Entry::new("account.close", "account", account).is("status", Status::Closed.to_value());
    entries.push(entry);
    Ok(entries)
}
