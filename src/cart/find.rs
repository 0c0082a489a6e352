//! Looking at a cart, without changing it: at most three statements.

use super::{
    CartRef, CartView,
    cart_ref::{customer, is_expired},
    load::Loaded,
    look::look,
};
use crate::{
    caller::Caller,
    error::{Error, Result},
};
use entity::cart::cart::State;

/// The cart as of now; what was ordered, merged or given up is there no more.
///
/// # Errors
/// `NotFound`; Unauthenticated where nobody is signed in and no token is sent.
pub(crate) async fn view(caller: &Caller, cart: &CartRef) -> Result<CartView> {
    // Whoever has just changed it wants to see it, which a replica may not have heard of.
    let db = caller.database.write();
    let now = caller.clock.now();
    let found = cart.find(caller)?.one(db).await?;
    let found = found.filter(|cart| cart.state == State::Active && !is_expired(cart, now));
    let found = found.ok_or(Error::NotFound("cart"))?;
    look(Loaded::read(caller, db, found, now).await?)
}

/// The caller's own active cart; nothing where there is none, and for programs with a key.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn own(caller: &Caller) -> Result<Option<CartView>> {
    if customer(caller).is_none() {
        return Ok(None);
    }
    match view(caller, &CartRef::Own).await {
        Ok(view) => Ok(Some(view)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
