//! A shop's part of an order.

use crate::{
    cart::{PostalAddress as Postal, graphql::PostalAddress},
    error::{Error, Result},
    graphql::{eager::Eager, ids::encode, scalars::Money},
    orders::{FulfilmentState as State, OrderLine as Row, PartView},
};
use async_graphql::{Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::money::{CurrencyCode, Money as Amount};
use std::sync::Arc;

/// An amount in the order's currency.
pub(super) fn money(minor: i64, currency: CurrencyCode) -> Eager<Money> {
    Eager(Money(Amount { minor, currency }))
}

/// How far a shop's part of an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum FulfilmentState {
    /// The order is not paid yet.
    Pending,
    /// It is to be sent.
    Open,
    /// It is on its way.
    Shipped,
    /// It has arrived.
    Delivered,
    /// Nothing of it is sent.
    Cancelled,
}

/// What one shop has to do for an order.
pub(crate) struct Fulfilment(Arc<PartView>);

impl From<Arc<PartView>> for Fulfilment {
    fn from(view: Arc<PartView>) -> Self {
        Self(view)
    }
}

/// What one shop has to do for an order.
#[Object]
impl Fulfilment {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.part.id)
    }

    /// How far it is.
    async fn state(&self) -> FulfilmentState {
        self.0.part.state.into()
    }

    /// The number of the order; nothing while it is not paid.
    async fn order_number(&self) -> Option<i64> {
        self.0.order.number
    }

    /// The shop's id.
    async fn seller_id(&self) -> ID {
        encode(self.0.part.seller_id)
    }

    /// What the shop was called when it was bought.
    async fn seller_name(&self) -> &str {
        &self.0.part.seller_name
    }

    /// What was bought of the shop; at most 100.
    async fn lines(&self) -> Vec<OrderLine> {
        OrderLine::all(&self.0)
    }

    /// Where it is sent.
    fn shipping_address(&self) -> Result<PostalAddress> {
        address(&self.0.order.address)
    }

    /// What the shopper says to the shops.
    async fn note(&self) -> Option<&str> {
        self.0.order.note.as_deref()
    }

    /// How it is sent; nothing where the shop has no ways of shipping.
    async fn shipping_method_name(&self) -> Option<&str> {
        self.0.part.method_name.as_deref()
    }

    /// What sending it costs.
    async fn shipping(&self) -> Eager<Money> {
        money(self.0.part.shipping, self.0.order.currency)
    }

    /// What all of it comes to.
    async fn total(&self) -> Eager<Money> {
        money(self.0.part.total, self.0.order.currency)
    }

    /// How much of that is not to be paid any more, since it was cancelled.
    async fn cancelled(&self) -> Eager<Money> {
        money(self.0.part.cancelled, self.0.order.currency)
    }

    /// Who carries it.
    async fn carrier(&self) -> Option<&str> {
        self.0.part.carrier.as_deref()
    }

    /// What the carrier knows it by.
    async fn tracking_number(&self) -> Option<&str> {
        self.0.part.tracking_number.as_deref()
    }

    /// When it was bought.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.part.created_at
    }

    /// When it was sent.
    async fn shipped_at(&self) -> Option<DateTime<Utc>> {
        self.0.part.shipped_at
    }

    /// When it arrived.
    async fn delivered_at(&self) -> Option<DateTime<Utc>> {
        self.0.part.delivered_at
    }
}

/// The address that an order keeps.
pub(super) fn address(text: &str) -> Result<PostalAddress> {
    let read: Postal = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(read.into())
}

/// One variant in an order, as it was bought.
pub(crate) struct OrderLine {
    view: Arc<PartView>,
    index: usize,
}

impl OrderLine {
    pub(super) fn all(view: &Arc<PartView>) -> Vec<Self> {
        let lines = 0..view.lines.len();
        lines
            .map(|index| Self {
                view: Arc::clone(view),
                index,
            })
            .collect()
    }

    fn row(&self) -> &Row {
        &self.view.lines[self.index]
    }

    fn money(&self, minor: i64) -> Eager<Money> {
        money(minor, self.view.order.currency)
    }
}

/// One variant in an order, as it was bought: names and prices stay as they were then.
#[Object]
impl OrderLine {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.row().id)
    }

    /// The product's id, whether or not it is still there.
    async fn product_id(&self) -> ID {
        encode(self.row().product_id)
    }

    /// The variant's id, whether or not it is still there.
    async fn variant_id(&self) -> ID {
        encode(self.row().variant_id)
    }

    /// What the product was called.
    async fn product_name(&self) -> &str {
        &self.row().product_name
    }

    /// Its option values joined.
    async fn variant_name(&self) -> &str {
        &self.row().variant_name
    }

    /// The shop's own code for it.
    async fn sku(&self) -> Option<&str> {
        self.row().sku.as_deref()
    }

    /// What one cost.
    async fn unit_price(&self) -> Eager<Money> {
        self.money(self.row().unit_price)
    }

    /// How many were bought.
    async fn quantity(&self) -> i64 {
        self.row().quantity
    }

    /// How many of them are not sent.
    async fn cancelled_quantity(&self) -> i64 {
        self.row().cancelled
    }

    /// What vouchers took off.
    async fn discount(&self) -> Eager<Money> {
        self.money(self.row().discount)
    }

    /// The tax on it.
    async fn tax(&self) -> Eager<Money> {
        self.money(self.row().tax)
    }

    /// What is paid for it.
    async fn total(&self) -> Eager<Money> {
        self.money(self.row().total)
    }
}
