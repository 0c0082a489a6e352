//! Closing a shop to the public.

use super::events::SellerChanged;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    outbox,
    permissions::Permission,
    platform::database::Tx,
};
use entity::ids::SellerId;
use entity::sellers::seller::{Column, Entity, Status};
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Why a shop is closed, for those who read the audit log.
pub(crate) struct SuspendReason(String);

impl SuspendReason {
    /// Looks over what was typed.
    ///
    /// # Errors
    /// Invalid when it is empty or too long.
    pub(crate) fn read(text: &str, field: &str) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().nth(LONGEST_REASON).is_some() {
            let message = format!("Give a reason of 1 to {LONGEST_REASON} characters.");
            return Err(Error::invalid(field, message));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Closes a shop to the public: nothing of it is listed or found. Its members go on working in it.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `NotFound`; Conflict when it is suspended already.
pub(crate) async fn seller_suspend(
    caller: &Caller,
    tx: &Tx,
    id: SellerId,
    reason: &SuspendReason,
) -> Result<()> {
    caller.require(Permission::SellersSuspend)?;
    let steps = (Status::Active, Status::Suspended);
    let entry = set_status(caller, tx, id, steps, "seller.suspend").await?;
    audit::record(tx, caller, &[entry.is("reason", &reason.0)]).await
}

/// Brings a shop from one state into another; what is to be written down of it.
///
/// # Errors
/// `NotFound`; Conflict when it is not in the first.
pub(super) async fn set_status(
    caller: &Caller,
    tx: &Tx,
    id: SellerId,
    (from, to): (Status, Status),
    action: &'static str,
) -> Result<Entry> {
    let changed = Entity::update_many()
        .col_expr(Column::Status, Expr::value(to))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Status.eq(from))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(refusal(tx, id).await?);
    }
    let event = SellerChanged {
        seller_id: id,
        renamed: false,
    };
    outbox::emit_one(tx, &event).await?;
    let entry = Entry::new(action, "seller", id).of_shop(id);
    Ok(entry.change("status", from.to_value(), to.to_value()))
}

/// Why the shop could not be brought into another state.
async fn refusal(tx: &Tx, id: SellerId) -> Result<Error> {
    let living = Entity::find_by_id(id).filter(Column::DeletedAt.is_null());
    let present = living.one(tx).await?.map(|shop| shop.status);
    Ok(match present {
        Some(Status::Active) => Error::Conflict("The shop is not suspended.".to_owned()),
        Some(Status::Suspended) => Error::Conflict("The shop is suspended already.".to_owned()),
        None => Error::NotFound("seller"),
    })
}
