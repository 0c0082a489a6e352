//! What holds for all addresses of a customer together.

use super::AddressFields;
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::account;
use entity::accounts::address::{Column, Entity};
use entity::ids::{AccountId, AddressId};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

/// Most addresses of one customer.
const MOST: u64 = 50;

/// Has everyone else wait who would change addresses of this customer, until the end of the transaction: there is one default,
/// and there are only so many.
pub(super) async fn hold(tx: &Tx, customer: AccountId) -> Result<()> {
    let held = account::Entity::find_by_id(customer)
        .filter(account::Column::DeletedAt.is_null())
        .lock_exclusive()
        .one(tx)
        .await?;
    held.map(|_| ()).ok_or(Error::Unauthenticated)
}

/// How many addresses the customer has.
///
/// # Errors
/// Conflict when there is no room for another.
pub(super) async fn room(tx: &Tx, customer: AccountId) -> Result<u64> {
    let count = Entity::find()
        .filter(Column::CustomerId.eq(customer))
        .count(tx)
        .await?;
    if count >= MOST {
        let message =
            format!("An account has at most {MOST} addresses. Delete one you do not need.");
        return Err(Error::Conflict(message));
    }
    Ok(count)
}

/// Takes from the customer's other addresses what `id` is to be the default for.
pub(super) async fn take_defaults(
    tx: &Tx,
    customer: AccountId,
    id: AddressId,
    new: &AddressFields,
) -> Result<()> {
    let defaults = [
        (Column::IsDefaultShipping, new.is_default_shipping),
        (Column::IsDefaultBilling, new.is_default_billing),
    ];
    for (column, _) in defaults.into_iter().filter(|(_, taken)| *taken) {
        Entity::update_many()
            .col_expr(column, Expr::value(false))
            .filter(Column::CustomerId.eq(customer))
            .filter(column.eq(true))
            .filter(Column::Id.ne(id))
            .exec(tx)
            .await?;
    }
    Ok(())
}
