//! Forgetting who filled carts, once the account is closed.

use crate::{error::Result, platform::database::Tx};
use entity::cart::cart::{Column, Entity};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// Erases addresses and notes of all carts of a closed account: few are long-lived, since carts that come to nothing are deleted.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn forget(tx: &Tx, customer: AccountId) -> Result<()> {
    let nothing = || Expr::value(None::<String>);
    Entity::update_many()
        .col_expr(Column::Email, nothing())
        .col_expr(Column::Address, nothing())
        .col_expr(Column::Note, nothing())
        .filter(Column::CustomerId.eq(customer))
        .exec(tx)
        .await?;
    Ok(())
}
