//! A shop's part of an order has arrived.

use super::{FulfilmentState, OrderStep, change, fulfilment_ship};
use crate::{caller::Caller, error::Result, platform::database::Tx};
use entity::ids::FulfilmentId;

/// Says that the part has arrived; where it was the last, the order is over.
///
/// # Errors
/// `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not; Conflict where it was not sent.
pub(crate) async fn fulfilment_deliver(
    caller: &Caller,
    tx: &Tx,
    id: FulfilmentId,
) -> Result<FulfilmentId> {
    let part = fulfilment_ship::open(tx, caller, id).await?;
    let now = caller.clock.now();
    change::each_part_to(tx, &[id], FulfilmentState::Delivered, now).await?;
    let state = change::complete(tx, part.order_id, now).await?;
    fulfilment_ship::tell(tx, &part, state, OrderStep::Delivered).await?;
    Ok(id)
}
