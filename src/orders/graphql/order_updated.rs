//! Hearing of orders that change.

use super::{Order, fulfilment::Fulfilment};
use crate::{
    caller::Caller,
    error::{Error, Result},
    graphql::{
        caller,
        ids::{decode, encode},
        live::{Change, ChangeKind, Interest, listen},
    },
    orders::{self, OrderChanged, OrderPlaced, OrderRef, OrderView, PartView},
    outbox::{Envelope, Event},
    payments::PaymentChanged,
    sellers::members,
};
use async_graphql::{Context, ID, Object, Subscription};
use chrono::{DateTime, Utc};
use entity::ids::{OrderId, SellerId};
use futures_util::{Stream, StreamExt};
use std::sync::Arc;

#[derive(Default)]
pub(crate) struct OrderSubscriptions;

#[Subscription]
impl OrderSubscriptions {
    /// What becomes of an order and of its payment: of one of one's own, of anyone's for support and admins, or of a guest's by the token of the cart that
    /// it was made of. Pass either `id` or `token`.
    async fn order_updated(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the order.")] id: Option<ID>,
        #[graphql(desc = "The token that cartCreate gave out.")] token: Option<String>,
        #[graphql(
            desc = "The `position` of the last event that you had: what came after it is told first."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = OrderChange> + use<>> {
        let id = id.map(|id| decode(&id, "id")).transpose()?;
        let meant = OrderRef::read(id, token.as_deref())?;
        // Whoever may not see it does not learn that it is there.
        let id = orders::id_of(caller(ctx), &meant).await?;
        let news = listen(ctx, after.as_deref(), OneOrder { id, meant }).await?;
        Ok(news.map(|news| OrderChange(Change::of(news, |_| ChangeKind::Changed))))
    }

    /// What becomes of a shop's parts of orders from when they are paid, for those who work in the shop.
    async fn seller_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: ID,
        #[graphql(
            desc = "The `position` of the last event that you had: what came after it is told first."
        )]
        after: Option<String>,
    ) -> Result<impl Stream<Item = FulfilmentChange> + use<>> {
        let seller: SellerId = decode(&seller_id, "sellerId")?;
        let caller = caller(ctx);
        caller.require_session()?;
        if !members::is_inside(caller, seller).await? {
            return Err(Error::NotFound("seller"));
        }
        let news = listen(ctx, after.as_deref(), OfShop(seller)).await?;
        Ok(news.map(|news| FulfilmentChange(Change::of(news, |_| ChangeKind::Changed))))
    }
}

/// One order, by what its viewer knows it by.
struct OneOrder {
    id: OrderId,
    meant: OrderRef,
}

impl Interest for OneOrder {
    type Matter = ();
    type Found = Arc<OrderView>;

    fn concerns(&self, envelope: &Envelope) -> Option<()> {
        let is_of_it = match &*envelope.name {
            OrderPlaced::NAME | OrderChanged::NAME => envelope.aggregate_id == self.id.0,
            PaymentChanged::NAME => {
                let changed = envelope.read::<PaymentChanged>().ok()??.event;
                changed.subject_id == self.id.0
            }
            _ => false,
        };
        is_of_it.then_some(())
    }

    async fn look(&self, caller: &Caller, (): &()) -> Result<Option<Arc<OrderView>>> {
        match orders::view_of(caller, &self.meant, self.id).await {
            Ok(view) => Ok(Some(view)),
            Err(Error::NotFound(_) | Error::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What a shop has sold.
struct OfShop(SellerId);

impl Interest for OfShop {
    type Matter = OrderId;
    type Found = Arc<PartView>;

    fn concerns(&self, envelope: &Envelope) -> Option<OrderId> {
        // What was placed is not paid, and nothing for a shop yet.
        let changed = envelope.read::<OrderChanged>().ok()??.event;
        let is_of_it = changed.seller_ids.contains(&self.0);
        is_of_it.then_some(changed.order_id)
    }

    async fn look(&self, caller: &Caller, order: &OrderId) -> Result<Option<Arc<PartView>>> {
        orders::part_of_seller(caller, self.0, *order).await
    }
}

/// A change of an order, or word about the subscription itself.
pub(crate) struct OrderChange(Change<Arc<OrderView>>);

/// A change of an order, or word about the subscription itself.
#[Object]
impl OrderChange {
    /// What happened.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// The order as it is by now; nothing where this is about the subscription itself.
    async fn order(&self) -> Option<Order> {
        self.0.found.clone().map(Order::from)
    }

    /// When it happened; nothing where this is about the subscription itself.
    async fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.0.occurred_at
    }

    /// Where this stands in the feed: pass it as `after` to hear what came next.
    async fn position(&self) -> &str {
        &self.0.position
    }
}

/// A change of a shop's part of an order, or word about the subscription itself.
pub(crate) struct FulfilmentChange(Change<Arc<PartView>>);

/// A change of a shop's part of an order, or word about the subscription itself.
#[Object]
impl FulfilmentChange {
    /// What happened.
    async fn kind(&self) -> ChangeKind {
        self.0.kind
    }

    /// The id of the shop's part; nothing where this is about the subscription itself.
    async fn fulfilment_id(&self) -> Option<ID> {
        self.0.found.as_ref().map(|view| encode(view.part.id))
    }

    /// The shop's part as it is by now; nothing where this is about the subscription itself.
    async fn fulfilment(&self) -> Option<Fulfilment> {
        self.0.found.clone().map(Fulfilment::from)
    }

    /// When it happened; nothing where this is about the subscription itself.
    async fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.0.occurred_at
    }

    /// Where this stands in the feed: pass it as `after` to hear what came next.
    async fn position(&self) -> &str {
        &self.0.position
    }
}
