//! Bringing what a guest put into a cart into the cart of the person who has signed in.

use super::{
    Cart, MOST_LINES,
    absorb::{absorb, lines_together},
    cart_ref::{ensure_own, is_expired},
};
use crate::{
    accounts::token_hash,
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::cart::cart::{Column, Entity, State};
use entity::ids::{AccountId, CartId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Cond};

/// Puts all that is in the guest's cart of this token into the caller's own, which is made where there is none; quantities of the same add up,
/// to the most there can be. Done twice, also at once, it is done once.
///
/// # Errors
/// Unauthenticated; `NotFound` where there is no such cart, or someone else has it by now; Conflict where the two cannot be one: then both
/// stay as they are.
pub(crate) async fn cart_merge(caller: &Caller, tx: &Tx, token: &str) -> Result<CartId> {
    let customer = caller.require_session()?.0.account;
    let now = caller.clock.now();
    let (own, guest) = hold_both(caller, tx, customer, &token_hash(token)).await?;
    if guest.state == State::Merged && guest.merged_into == Some(own.id) {
        return Ok(own.id);
    }
    if guest.state != State::Active || is_expired(&guest, now) {
        return Err(Error::NotFound("cart"));
    }
    if matches!((own.currency, guest.currency), (Some(one), Some(other)) if one != other) {
        return Err(Error::Conflict(
            "Your cart and the one from before are in different currencies. Empty one of them first."
                .to_owned(),
        ));
    }
    if lines_together(tx, own.id, guest.id).await? > MOST_LINES {
        return Err(Error::Conflict(format!(
            "Your cart and the one from before are more than {MOST_LINES} lines together. Take some out first."
        )));
    }
    absorb(tx, own, guest, now).await
}

/// The customer's active cart and the guest's, both held, taken in the order of their ids.
async fn hold_both(
    caller: &Caller,
    tx: &Tx,
    customer: AccountId,
    hash: &str,
) -> Result<(Cart, Cart)> {
    // Once more where the customer's was ordered while we waited for it.
    for _ in 0..3 {
        ensure_own(tx, customer, caller.clock.now()).await?;
        let is_own = Cond::all()
            .add(Column::CustomerId.eq(customer))
            .add(Column::State.eq(State::Active));
        let held = Entity::find()
            .filter(Cond::any().add(is_own).add(Column::TokenHash.eq(hash)))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .all(tx)
            .await?;
        let of = |is_it: fn(&Cart) -> bool| held.iter().find(|cart| is_it(cart)).cloned();
        let own = of(|cart| cart.customer_id.is_some());
        let guest = of(|cart| cart.customer_id.is_none());
        match (own, guest) {
            (Some(own), Some(guest)) => return Ok((own, guest)),
            (_, None) => return Err(Error::NotFound("cart")),
            (None, Some(_)) => {}
        }
    }
    Err(Error::Contended)
}
