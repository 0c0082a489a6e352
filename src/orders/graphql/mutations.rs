//! What is done about orders.

use super::{Order, fulfilment::Fulfilment};
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        ids::decode,
        user_errors::{UserError, or_user_errors},
    },
    orders::{self, OrderRef, Sending},
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::ids::FulfilmentId;

/// An order that is not wanted any more.
#[derive(InputObject)]
pub(crate) struct OrderCancelInput {
    /// The order.
    id: Option<ID>,
    /// For guests: the token of the cart that it was made of.
    token: Option<String>,
    /// Why; at most 500 characters.
    #[graphql(default)]
    reason: String,
}

/// Something that a shop cannot send.
#[derive(InputObject)]
pub(crate) struct OrderLineCancelInput {
    /// The line.
    id: ID,
    /// How many of it.
    quantity: i64,
    /// Why; at most 500 characters.
    #[graphql(default)]
    reason: String,
}

/// A part that is on its way.
#[derive(InputObject)]
pub(crate) struct FulfilmentShipInput {
    /// The part.
    id: ID,
    /// Who carries it; at most 100 characters.
    carrier: Option<String>,
    /// What the carrier knows it by; at most 100 characters.
    tracking_number: Option<String>,
}

/// A part that has arrived.
#[derive(InputObject)]
pub(crate) struct FulfilmentDeliverInput {
    /// The part.
    id: ID,
}

/// What became of an order.
#[derive(SimpleObject)]
pub(crate) struct OrderPayload {
    /// The order as it is now; nothing where nothing was done.
    order: Option<Order>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a line of an order.
#[derive(SimpleObject)]
pub(crate) struct FulfilmentPayload {
    /// The shop's part as it is now; nothing where nothing was done.
    fulfilment: Option<Fulfilment>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

async fn payload(ctx: &Context<'_>, done: Result<FulfilmentId>) -> Result<FulfilmentPayload> {
    let (id, user_errors) = or_user_errors(done, "id")?;
    let fulfilment = match id {
        Some(id) => Some(orders::part(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(FulfilmentPayload {
        fulfilment,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct OrderMutations;

#[Object]
impl OrderMutations {
    /// Cancels an order: one that is not paid yet as a whole, of one that is all that was not sent, whose money goes back. For whoever bought it,
    /// and for support. Of this and a shop that sends it, whichever comes first is done.
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An order that is not wanted any more.")] input: OrderCancelInput,
    ) -> Result<OrderPayload> {
        let caller = caller(ctx);
        let id = input.id.map(|id| decode(&id, "input.id")).transpose()?;
        // Asked before: a repetition does not run the work.
        if input.token.is_none() {
            caller.require_session()?;
        }
        let meant = OrderRef::read(id, input.token.as_deref());
        let reason = &input.reason;
        let done = once(ctx, async |tx| {
            let meant = meant.as_ref().map_err(Clone::clone)?;
            Box::pin(orders::order_cancel(caller, tx, meant, reason)).await
        });
        let (done, user_errors) = or_user_errors(done.await, "id")?;
        let order = match (done, meant) {
            (Some(_), Ok(meant)) => Some(orders::view(caller, &meant).await?.into()),
            _ => None,
        };
        Ok(OrderPayload { order, user_errors })
    }

    /// A shop cannot send so many units of a line: their money goes back, with that for shipping where nothing else is left to be sent.
    async fn order_line_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Something that a shop cannot send.")] input: OrderLineCancelInput,
    ) -> Result<FulfilmentPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id = decode(&input.id, "input.id")?;
        let (quantity, reason) = (input.quantity, &input.reason);
        let work = async |tx: &_| {
            Box::pin(orders::order_line_cancel(caller, tx, id, quantity, reason)).await
        };
        payload(ctx, once(ctx, work).await).await
    }

    /// A shop's part of an order is on its way.
    async fn fulfilment_ship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A part that is on its way.")] input: FulfilmentShipInput,
    ) -> Result<FulfilmentPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id = decode(&input.id, "input.id")?;
        let sending = Sending::read(input.carrier, input.tracking_number);
        let work = async |tx: &_| {
            let sending = sending.as_ref().map_err(Clone::clone)?;
            Box::pin(orders::fulfilment_ship(caller, tx, id, sending)).await
        };
        payload(ctx, once(ctx, work).await).await
    }

    /// A shop's part of an order has arrived.
    async fn fulfilment_deliver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A part that has arrived.")] input: FulfilmentDeliverInput,
    ) -> Result<FulfilmentPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let id = decode(&input.id, "input.id")?;
        let work = async |tx: &_| Box::pin(orders::fulfilment_deliver(caller, tx, id)).await;
        payload(ctx, once(ctx, work).await).await
    }
}
