//! Agreeing with a shop what the marketplace keeps of its sales.

use super::events::SellerChanged;
use crate::{
    audit::{self, Entry},
    caller::{Actor, Caller},
    error::{Error, Result},
    outbox,
    permissions::Permission,
    platform::database::Tx,
};
use entity::ids::SellerId;
use entity::sellers::seller::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType},
};

/// What the marketplace keeps of a shop's sales, in basis points; nothing for the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Commission(Option<i64>);

impl Commission {
    /// Looks over what was typed.
    ///
    /// # Errors
    /// Invalid when it is less than nothing or more than all.
    pub(crate) fn read(bps: Option<i64>, field: &str) -> Result<Self> {
        match bps {
            Some(bps) if !(0..=10_000).contains(&bps) => {
                let message = "Give a rate of 0 to 10000 basis points: 1000 are ten per cent.";
                Err(Error::invalid(field, message))
            }
            bps => Ok(Self(bps)),
        }
    }
}

/// Sets what the marketplace keeps of the shop's sales from now on. Sales that were made keep the rate they were made at.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `StepUpRequired`; `NotFound`.
pub(crate) async fn seller_commission_set(
    caller: &Caller,
    tx: &Tx,
    id: SellerId,
    commission: Commission,
) -> Result<()> {
    caller.require(Permission::CommissionSet)?;
    if caller.actor != Actor::Operator {
        caller.require_step_up()?;
    }
    // Not so firmly that sales, whose entries refer to the shop, would wait.
    let found = Entity::find_by_id(id)
        .filter(Column::DeletedAt.is_null())
        .lock(LockType::NoKeyUpdate);
    let shop = found.one(tx).await?.ok_or(Error::NotFound("seller"))?;
    let Commission(new) = commission;
    if shop.commission_bps == new {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::CommissionBps, Expr::value(new))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    let event = SellerChanged {
        seller_id: id,
        renamed: false,
    };
    outbox::emit_one(tx, &event).await?;
    let entry = Entry::new("seller.set_commission", "seller", id)
        .of_shop(id)
        .change("commissionBps", shop.commission_bps, new);
    audit::record(tx, caller, &[entry]).await
}
