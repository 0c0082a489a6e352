//! A shop that cannot send something says so, and the shopper gets the money back.

use super::{
    CancelReason,
    cancellation::Cancellation,
    order_cancel::read_reason,
    take_back::{Scope, take_back},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::{Tx, walls},
    sellers::members::{ShopPermission, may},
};
use entity::ids::{FulfilmentId, OrderLineId};
use entity::orders::{line, order};
use sea_orm::EntityTrait;

/// Cancels so many units of a line that were not sent.
///
/// # Errors
/// `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not; Invalid where there are not so many left;
/// Conflict where it was sent.
pub(crate) async fn order_line_cancel(
    caller: &Caller,
    tx: &Tx,
    id: OrderLineId,
    quantity: i64,
    reason: &str,
) -> Result<FulfilmentId> {
    let why = Cancellation {
        reason: CancelReason::ByShop,
        note: read_reason(reason)?,
    };
    let gone = Error::NotFound("line of an order");
    let found = line::Entity::find_by_id(id).one(tx).await?;
    let line = found.ok_or_else(|| gone.clone())?;
    match may(tx, caller, line.seller_id, ShopPermission::OrdersWrite).await {
        Err(Error::NotFound(_)) => return Err(gone),
        checked => checked?,
    };
    let order = order::Entity::find_by_id(line.order_id).one(tx).await?;
    let order = order.ok_or(gone)?;
    // The order is the shopper's; the shop's right to its part was asked for.
    walls::write_as_system(tx, caller.writer()).await?;
    let now = caller.clock.now();
    take_back(tx, &order, Scope::Line(id, quantity), why, now).await?;
    let entry = Entry::new("order.line_cancel", "order", order.id).is("quantity", quantity);
    audit::record(tx, caller, &[entry]).await?;
    Ok(line.fulfilment_id)
}
