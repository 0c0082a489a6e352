//! Cancelling an order: while it is not paid its checkout is undone, after that whatever was not sent is taken back.

use super::{
    CancelReason, LONGEST_REASON, Order, OrderRef, OrderState,
    cancellation::Cancellation,
    take_back::{Scope, take_back},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::database::{Tx, walls},
    sagas,
};
use entity::ids::OrderId;

/// Cancels the order, or what of it was not sent: for whose it is, and for support.
///
/// # Errors
/// Unauthenticated; `NotFound`; Conflict where there is nothing to be cancelled any more.
pub(crate) async fn order_cancel(
    caller: &Caller,
    tx: &Tx,
    meant: &OrderRef,
    reason: &str,
) -> Result<OrderId> {
    let reason = read_reason(reason)?;
    let order = meant.find_in(tx, caller, Permission::OrdersCancel).await?;
    // A guest's order is nobody's by name, and support's right is its permission.
    walls::write_as_system(tx, caller.writer()).await?;
    let is_own = is_own(caller, &order);
    let why = Cancellation {
        reason: if is_own {
            CancelReason::ByShopper
        } else {
            CancelReason::BySupport
        },
        note: reason,
    };
    match order.state {
        OrderState::Pending => {
            if !sagas::cancel(tx, order.saga_id, &why.for_saga()).await? {
                return Err(Error::Conflict(
                    "It is just being paid, or cancelled. Look at it again.".to_owned(),
                ));
            }
        }
        OrderState::Confirmed => {
            take_back(tx, &order, Scope::All, why, caller.clock.now()).await?;
        }
        OrderState::Completed | OrderState::Cancelled => {
            return Err(Error::Conflict("The order is over.".to_owned()));
        }
    }
    if !is_own {
        let entry = Entry::new("order.cancel", "order", order.id);
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(order.id)
}

/// Whether it is whose it is that calls, or a guest.
fn is_own(caller: &Caller, order: &Order) -> bool {
    let person = caller.require_person().ok();
    person.map(|person| person.account) == order.customer_id
}

/// Why, in words of people; nothing where they say nothing.
///
/// # Errors
/// Invalid where it is too long.
pub(super) fn read_reason(text: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > LONGEST_REASON {
        return Err(Error::invalid(
            "input.reason",
            format!("Say it in at most {LONGEST_REASON} characters."),
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
