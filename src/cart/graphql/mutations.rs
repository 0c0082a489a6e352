//! What shoppers do about their carts.

use super::{Cart, inputs as i};
use crate::{
    cart::{self, CartRef, CartView, Fault, FaultKind},
    error::{Error, Result},
    graphql::{
        caller,
        idempotent::once,
        user_errors::{UserError, UserErrorCode, or_user_errors},
    },
    platform::rate_limits::Limit,
};
use async_graphql::{Context, Object, SimpleObject};
use entity::ids::CartId;
use std::sync::OnceLock;

/// What became of a cart.
#[derive(SimpleObject)]
pub(crate) struct CartPayload {
    /// The cart as it is now; nothing where nothing was changed.
    cart: Option<Cart>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

/// A cart that was begun.
#[derive(SimpleObject)]
pub(crate) struct CartCreatePayload {
    /// The cart; nothing where none was begun.
    cart: Option<Cart>,
    /// With which a guest comes back to it: send it as `cartToken`. It is given out this once, and not at all to those who are signed in, whose
    /// cart is known by whose it is.
    cart_token: Option<String>,
    /// What keeps it from being begun.
    user_errors: Vec<UserError>,
}

fn told(faults: Vec<Fault>) -> Vec<UserError> {
    let errors = faults.into_iter().map(|fault| {
        let code = match fault.kind {
            FaultKind::Invalid => UserErrorCode::Invalid,
            FaultKind::NotFound => UserErrorCode::NotFound,
            FaultKind::Conflict => UserErrorCode::Conflict,
        };
        UserError::at(code, &fault.field, fault.message)
    });
    errors.collect()
}

/// Which of its caller's carts it is: what is kept under an idempotency key.
async fn read_again(ctx: &Context<'_>, id: CartId, meant: &CartRef) -> Result<Option<CartView>> {
    let meant = match meant {
        CartRef::Token(_) => meant.clone(),
        CartRef::Id(_) | CartRef::Own => CartRef::Id(id),
    };
    match cart::view(caller(ctx), &meant).await {
        Ok(view) => Ok(Some(view)),
        // Done before, and ordered since.
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Default)]
pub(crate) struct CartMutations;

#[Object]
impl CartMutations {
    /// Begins a cart. Whoever has not signed in gets a token with which to come back; whoever has goes on with the active cart, if there is one.
    async fn cart_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A cart that is begun.")] input: i::CartCreateInput,
    ) -> Result<CartCreatePayload> {
        let caller = caller(ctx);
        let done = match input.read() {
            Ok(change) => cart::cart_create(caller, change).await,
            Err(error) => Err(error),
        };
        let (done, mut user_errors) = or_user_errors(done, "add")?;
        let created = match done {
            Some(Ok(created)) => Some(created),
            Some(Err(faults)) => {
                user_errors = told(faults);
                None
            }
            None => None,
        };
        let (view, cart_token) = match created {
            Some(created) => (Some(created.view), created.token),
            None => (None, None),
        };
        Ok(CartCreatePayload {
            cart: view.map(Cart::from),
            cart_token,
            user_errors,
        })
    }

    /// Changes a cart: any number of things at once, all of them or none. A cart promises nothing: what is in it may be sold to others, and
    /// cost something else, before it is bought; `problems` says so.
    async fn cart_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of the cart is changed, all of it or nothing.")]
        input: i::CartUpdateInput,
    ) -> Result<CartPayload> {
        let caller = caller(ctx);
        if input.tries_codes() {
            caller.spend(Limit::VoucherCode).await?;
        }
        let change = input.read(caller).await;
        let meant = change.as_ref().map(|change| change.cart.clone()).ok();
        // Asked before: a repetition does not run the work.
        if matches!(meant, Some(CartRef::Id(_) | CartRef::Own)) {
            caller.require_session()?;
        }
        let (faults, view) = (OnceLock::new(), OnceLock::new());
        let work = async |tx: &_| {
            let change = change.as_ref().map_err(Clone::clone)?;
            match Box::pin(cart::cart_update(caller, tx, change)).await? {
                Ok(changed) => {
                    let id = changed.cart.id;
                    let _ = view.set(changed);
                    Ok(id)
                }
                Err(found) => {
                    let _ = faults.set(found);
                    Err(Error::Conflict(String::new()))
                }
            }
        };
        let done = once(ctx, work).await;
        if let Some(faults) = faults.into_inner() {
            return Ok(CartPayload {
                cart: None,
                user_errors: told(faults),
            });
        }
        let (id, user_errors) = or_user_errors(done, "cartId")?;
        let view = match (id, view.into_inner(), meant) {
            (Some(_), Some(view), _) => Some(view),
            (Some(id), None, Some(meant)) => read_again(ctx, id, &meant).await?,
            _ => None,
        };
        Ok(CartPayload {
            cart: view.map(Cart::from),
            user_errors,
        })
    }

    /// Puts what is in a guest's cart into one's own: to be called after signing in. Quantities of the same add up. The guest's cart is gone then.
    async fn cart_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A guest's cart whose things go into one's own.")]
        input: i::CartMergeInput,
    ) -> Result<CartPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let done = once(ctx, async |tx| {
            cart::cart_merge(caller, tx, &input.cart_token).await
        });
        let (id, user_errors) = or_user_errors(done.await, "cartToken")?;
        let view = match id {
            Some(id) => read_again(ctx, id, &CartRef::Own).await?,
            None => None,
        };
        Ok(CartPayload {
            cart: view.map(Cart::from),
            user_errors,
        })
    }
}
