//! Beginning a cart.

use super::{Cart, CartChange, CartRef, CartView, Choices, Fault, cart_ref::customer, cart_update};
use crate::{
    accounts::{token_generate, token_hash},
    caller::Caller,
    error::{Error, Result},
    platform::{database::Tx, rate_limits::Limit},
};
use entity::cart::cart::{Entity, State};
use entity::ids::CartId;
use sea_orm::{EntityTrait, IntoActiveModel};
use std::sync::OnceLock;

/// A cart that was begun.
pub(crate) struct Created {
    pub(crate) view: CartView,
    /// With which a guest comes back; given out this once.
    pub(crate) token: Option<String>,
}

/// Begins a guest's cart, or goes on with the customer's active one, and changes it as `change` says. It takes no idempotency key: nothing of a token
/// may be kept.
///
/// # Errors
/// `RateLimited` for those who begin too many; what [`cart_update`] says.
pub(crate) async fn cart_create(
    caller: &Caller,
    mut change: CartChange,
) -> Result<Result<Created, Vec<Fault>>> {
    let mut token = None;
    let mut new = None;
    if customer(caller).is_none() {
        caller.spend(Limit::CartCreate).await?;
        let made = token_generate()?;
        let hash = token_hash(&made);
        new = Some(guests(caller, &hash)?);
        change.cart = CartRef::Token(hash);
        token = Some(made);
    }
    let faults = OnceLock::new();
    let done = caller.transaction_of(caller.writer(), async |tx: &Tx| {
        if let Some(cart) = new {
            Entity::insert(cart.into_active_model())
                .exec_without_returning(tx)
                .await?;
        }
        match Box::pin(cart_update(caller, tx, &change)).await? {
            Ok(view) => Ok(view),
            // Rolled back: where a change cannot be done, no cart is begun.
            Err(found) => {
                let _ = faults.set(found);
                Err(Error::Conflict(String::new()))
            }
        }
    });
    match (done.await, faults.into_inner()) {
        (_, Some(faults)) => Ok(Err(faults)),
        (Ok(view), None) => Ok(Ok(Created { view, token })),
        (Err(error), None) => Err(error),
    }
}

/// A guest's cart, empty.
fn guests(caller: &Caller, token_hash: &str) -> Result<Cart> {
    let now = caller.clock.now();
    Ok(Cart {
        id: CartId::generate(),
        customer_id: None,
        token_hash: Some(token_hash.to_owned()),
        state: State::Active,
        currency: None,
        email: None,
        address: None,
        note: None,
        choices: Choices::default().written()?,
        merged_into: None,
        version: 1,
        created_at: now,
        updated_at: now,
        expires_at: Some(now + caller.settings.carts.guest_days()),
    })
}
