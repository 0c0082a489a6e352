//! That someone can always let others in again.

use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::{ids::AccountId, role::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Holds all admins until the end of the transaction, and looks whether one is left without this account. Two admins who
/// take each other's role wait for each other here.
///
/// # Errors
/// Conflict when it is the last.
pub(crate) async fn another_stays(tx: &Tx, leaving: AccountId) -> Result<()> {
    let admins: Vec<AccountId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Role.eq(Role::Admin))
        .filter(Column::Status.eq(Status::Active))
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    if admins.contains(&leaving) && admins.len() == 1 {
        return Err(Error::Conflict(
            "This is the last admin. Make someone else an admin first.".to_owned(),
        ));
    }
    Ok(())
}
