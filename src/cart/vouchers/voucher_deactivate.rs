//! Taking a voucher out of use.

use super::{voucher_create::may_change, voucher_update::held};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::cart::voucher::{Column, Entity};
use entity::ids::VoucherId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Has the voucher be good no more. Its code is free for another.
///
/// # Errors
/// Conflict when it is out of use already; `NotFound`, Unauthenticated and Forbidden for whoever may not.
pub(crate) async fn voucher_deactivate(
    caller: &Caller,
    tx: &Tx,
    id: VoucherId,
) -> Result<VoucherId> {
    let before = held(tx, id).await?;
    may_change(caller, tx, &before).await?;
    let done = Entity::update_many()
        .col_expr(Column::Active, Expr::value(false))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Active.eq(true))
        .exec(tx)
        .await?;
    if done.rows_affected == 0 {
        let message = "This voucher is out of use already.";
        return Err(Error::Conflict(message.to_owned()));
    }
    let entry = Entry::new("voucher.deactivate", "voucher", id).change("active", true, false);
    let entry = match before.seller_id {
        Some(seller) => entry.of_shop(seller),
        None => entry,
    };
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
