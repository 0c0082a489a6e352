//! Changing an address.

use super::{
    AddressFields,
    of_customer::{hold, take_defaults},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::address::{Column, Entity};
use entity::ids::AddressId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Puts other words in the place of all of the caller's address.
///
/// # Errors
/// `NotFound`; Conflict when the address is of another version than the one that was read; Unauthenticated.
pub(crate) async fn address_update(
    caller: &Caller,
    tx: &Tx,
    id: AddressId,
    expected_version: i64,
    new: AddressFields,
) -> Result<()> {
    let customer = caller.require_session()?.0.account;
    hold(tx, customer).await?;
    take_defaults(tx, customer, id, &new).await?;
    let own = || Entity::find_by_id(id).filter(Column::CustomerId.eq(customer));
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(new.name))
        .col_expr(Column::Company, Expr::value(new.company))
        .col_expr(Column::Line1, Expr::value(new.line1))
        .col_expr(Column::Line2, Expr::value(new.line2))
        .col_expr(Column::City, Expr::value(new.city))
        .col_expr(Column::Region, Expr::value(new.region))
        .col_expr(Column::PostalCode, Expr::value(new.postal_code))
        .col_expr(Column::Country, Expr::value(new.country))
        .col_expr(Column::Phone, Expr::value(new.phone))
        .col_expr(
            Column::IsDefaultShipping,
            Expr::value(new.is_default_shipping),
        )
        .col_expr(
            Column::IsDefaultBilling,
            Expr::value(new.is_default_billing),
        )
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::CustomerId.eq(customer))
        .filter(Column::Version.eq(expected_version))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(match own().one(tx).await? {
            Some(_) => Error::Conflict(
                "The address was changed since you read it. Read it again, and change that."
                    .to_owned(),
            ),
            None => Error::NotFound("address"),
        });
    }
    let entry = Entry::new("address.update", "address", id).is("accountId", customer);
    audit::record(tx, caller, &[entry]).await
}
