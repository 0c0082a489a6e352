//! That nobody closes an account while it is given something.

use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::account::{Column, Entity, Status};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Holds the account as it is, in use, until the end of the transaction: whoever closes it waits, and sees what it was given.
///
/// # Errors
/// Unauthenticated when it is in use no more.
pub(crate) async fn stays_open(tx: &Tx, account: AccountId) -> Result<()> {
    let held = Entity::find_by_id(account)
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(Status::Active))
        .lock_shared()
        .into_tuple::<AccountId>()
        .one(tx)
        .await?;
    held.map(|_| ()).ok_or(Error::Unauthenticated)
}

/// Holds those of `accounts` that are in use as they are until the end of the transaction, in one order; they are returned.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn stay_open(tx: &Tx, accounts: &[AccountId]) -> Result<Vec<AccountId>> {
    let held = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Id.is_in(accounts.iter().copied()))
        .filter(Column::Status.eq(Status::Active))
        .order_by_asc(Column::Id)
        .lock_shared()
        .into_tuple::<AccountId>()
        .all(tx)
        .await?;
    Ok(held)
}
