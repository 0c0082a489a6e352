//! Deleting an address.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::address::{Column, Entity};
use entity::ids::AddressId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Deletes the caller's address. Orders keep what they were sent to by themselves.
///
/// # Errors
/// `NotFound`; Unauthenticated.
pub(crate) async fn address_delete(caller: &Caller, tx: &Tx, id: AddressId) -> Result<()> {
    let customer = caller.require_session()?.0.account;
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::CustomerId.eq(customer))
        .exec(tx)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(Error::NotFound("address"));
    }
    let entry = Entry::new("address.delete", "address", id).is("accountId", customer);
    audit::record(tx, caller, &[entry]).await
}
