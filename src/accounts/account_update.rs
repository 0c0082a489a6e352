//! Changing what others see of a person.

use super::{display_name::display_name, events::AuthorChanged};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    outbox,
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Gives the caller's account another name.
///
/// # Errors
/// Invalid when it is none; Conflict when the account is of another version than the one that was read; Unauthenticated.
pub(super) async fn account_update(
    caller: &Caller,
    tx: &Tx,
    name: &str,
    expected_version: i64,
) -> Result<()> {
    let (person, _) = caller.require_session()?;
    let name = display_name(name, "input.displayName")?;
    let changed = Entity::update_many()
        .col_expr(Column::DisplayName, Expr::value(name))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(person.account))
        .filter(Column::Version.eq(expected_version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Conflict(
            "The account was changed since you read it. Read it again, and change that.".to_owned(),
        ));
    }
    let changed = AuthorChanged {
        account_id: person.account,
    };
    outbox::emit_one(tx, &changed).await?;
    let entry =
        Entry::new("account.update", "account", person.account).is("displayName", "changed");
    audit::record(tx, caller, &[entry]).await
}
