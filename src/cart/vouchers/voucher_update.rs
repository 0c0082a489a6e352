//! Changing a voucher.

use super::{
    VoucherDraft, VoucherRow,
    rules::VoucherFields,
    voucher_create::{code_taken, may_change, told},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, OnConstraint, Result},
    platform::database::Tx,
};
use entity::cart::voucher::{Column, Entity};
use entity::ids::VoucherId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

/// Puts other words in the place of all that the voucher is. Uses there were stay as they are.
///
/// # Errors
/// Invalid, naming what is wrong, for example a limit that is passed already; Conflict when it is of another version than the one that was
/// read; `NotFound`, Unauthenticated and Forbidden for whoever may not.
pub(crate) async fn voucher_update(
    caller: &Caller,
    tx: &Tx,
    id: VoucherId,
    expected_version: i64,
    draft: &VoucherDraft,
) -> Result<VoucherId> {
    let before = held(tx, id).await?;
    let currency = may_change(caller, tx, &before).await?;
    let after = VoucherFields::read(draft, currency)?;
    if before.version != expected_version {
        return Err(changed_since());
    }
    if after
        .total_limit
        .is_some_and(|limit| limit < before.redeemed)
    {
        let message = format!("It was used {} times already.", before.redeemed);
        return Err(Error::invalid("input.voucher.totalLimit", message));
    }
    let written = Entity::update_many()
        .col_expr(Column::Code, Expr::value(after.code.as_str()))
        .col_expr(Column::CodeKey, Expr::value(after.code_key.as_str()))
        .col_expr(Column::RateBps, Expr::value(after.rate_bps))
        .col_expr(Column::Amount, Expr::value(after.amount))
        .col_expr(Column::Currency, Expr::value(after.currency))
        .col_expr(Column::Minimum, Expr::value(after.minimum))
        .col_expr(Column::StartsAt, Expr::value(after.starts_at))
        .col_expr(Column::EndsAt, Expr::value(after.ends_at))
        .col_expr(Column::TotalLimit, Expr::value(after.total_limit))
        .col_expr(Column::CustomerLimit, Expr::value(after.customer_limit))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await;
    written.on_constraint("code", code_taken)?;
    let entry = told(Entry::new("voucher.update", "voucher", id), &after).was("code", before.code);
    let entry = match before.seller_id {
        Some(seller) => entry.of_shop(seller),
        None => entry,
    };
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}

/// The voucher, held until the transaction ends: nobody uses it meanwhile.
pub(super) async fn held(tx: &Tx, id: VoucherId) -> Result<VoucherRow> {
    let held = Entity::find_by_id(id).lock_exclusive().one(tx).await?;
    held.ok_or(Error::NotFound("voucher"))
}

pub(super) fn changed_since() -> Error {
    Error::Conflict(
        "The voucher was changed since you read it. Read it again, and change that.".to_owned(),
    )
}
