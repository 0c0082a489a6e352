//! Orders.

use super::{
    filters::OrderFilter,
    fulfilment::{Fulfilment, OrderLine, address, money},
};
use crate::{
    cart::graphql::PostalAddress,
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        eager::Eager,
        ids::encode,
        paging::PageArguments,
        scalars::Money,
    },
    orders::{self, CancelReason, OrderState as State, OrderView},
    payments::graphql::Payment,
    platform::keyset::Slice,
};
use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum OrderState {
    /// It is not paid yet.
    Pending,
    /// It is paid, and the shops send it.
    Confirmed,
    /// All of it that was not cancelled has arrived.
    Completed,
    /// It came to nothing: see `cancelReason`.
    Cancelled,
}

/// Why an order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "CancelReason")]
pub(crate) enum OrderCancelReason {
    /// The payment was declined.
    Declined,
    /// The payment was not confirmed in time.
    Expired,
    /// Something in it was sold out before it was paid.
    SoldOut,
    /// A shop closed before it was paid.
    ShopClosed,
    /// The wallet that was to pay held too little by then.
    InsufficientFunds,
    /// Whoever bought it cancelled it.
    ByShopper,
    /// The shops cannot send it.
    ByShop,
    /// Support cancelled it.
    BySupport,
    /// The payment could not be made, since the provider could not be asked.
    ProviderUnavailable,
}

/// What someone bought.
pub(crate) struct Order(Arc<OrderView>);

impl From<Arc<OrderView>> for Order {
    fn from(view: Arc<OrderView>) -> Self {
        Self(view)
    }
}

impl Order {
    fn money(&self, minor: i64) -> Eager<Money> {
        money(minor, self.0.order.currency)
    }
}

/// What someone bought, as it was bought.
#[Object]
impl Order {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.order.id)
    }

    /// What people call it by; nothing while it is not paid.
    async fn number(&self) -> Option<i64> {
        self.0.order.number
    }

    /// How far it is.
    async fn state(&self) -> OrderState {
        self.0.order.state.into()
    }

    /// Why it was cancelled.
    async fn cancel_reason(&self) -> Option<OrderCancelReason> {
        self.0.order.cancel_reason.map(Into::into)
    }

    /// The same for people.
    async fn reason(&self) -> Option<&'static str> {
        self.0.order.cancel_reason.map(orders::sentence)
    }

    /// What whoever cancelled it said.
    async fn cancel_note(&self) -> Option<&str> {
        let said = self.0.order.reason.as_deref();
        said.filter(|_| {
            let reason = self.0.order.cancel_reason;
            reason.is_some_and(CancelReason::is_of_people)
        })
    }

    /// Whom the shops write to.
    async fn email(&self) -> &str {
        &self.0.order.email
    }

    /// Where it is sent.
    fn shipping_address(&self) -> Result<PostalAddress> {
        address(&self.0.order.address)
    }

    /// What the shopper says to the shops.
    async fn note(&self) -> Option<&str> {
        self.0.order.note.as_deref()
    }

    /// All that was bought; at most 100.
    async fn lines(&self) -> Vec<OrderLine> {
        self.0.parts.iter().flat_map(OrderLine::all).collect()
    }

    /// The parts of the shops; at most 20.
    async fn fulfilments(&self) -> Vec<Fulfilment> {
        let parts = self.0.parts.iter();
        parts.map(Arc::clone).map(Fulfilment::from).collect()
    }

    /// The codes that took something off; at most 5.
    fn voucher_codes(&self) -> Result<Vec<String>> {
        serde_json::from_str(&self.0.order.voucher_codes).map_err(Error::internal)
    }

    /// What the goods cost, before vouchers.
    async fn subtotal(&self) -> Eager<Money> {
        self.money(self.0.order.subtotal)
    }

    /// What vouchers took off.
    async fn discount(&self) -> Eager<Money> {
        self.money(self.0.order.discount)
    }

    /// What sending it costs.
    async fn shipping(&self) -> Eager<Money> {
        self.money(self.0.order.shipping)
    }

    /// All tax, that in the prices too.
    async fn tax(&self) -> Eager<Money> {
        self.money(self.0.order.tax)
    }

    /// What is paid.
    async fn total(&self) -> Eager<Money> {
        self.money(self.0.order.total)
    }

    /// How much of that is not to be paid any more, since it was cancelled.
    async fn cancelled(&self) -> Eager<Money> {
        self.money(self.0.order.cancelled)
    }

    /// How much of what was cancelled went back.
    async fn refunded(&self) -> Eager<Money> {
        self.money(self.0.order.refunded)
    }

    /// Whether the shopper's wallet pays, and what goes back goes there.
    async fn paid_from_wallet(&self) -> bool {
        self.0.order.from_wallet
    }

    /// The payment, which says what the shopper has to do before it goes on; nothing where nothing was to be paid, or the wallet pays.
    async fn payment(&self) -> Option<Payment> {
        self.0.payment.clone().map(Payment::from)
    }

    /// Counts the changes.
    async fn version(&self) -> i64 {
        self.0.order.version
    }

    /// When it was bought.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.order.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.order.updated_at
    }
}

/// The caller's orders, as `viewer` shows them.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    filter: Option<OrderFilter>,
    page: &PageArguments,
) -> Result<Connection<Order>> {
    let (caller, order) = (caller(ctx), orders::order().name);
    let filter = filter.unwrap_or_default().checked(None)?;
    let slice = orders::of_viewer(caller, &filter, &page.page(order)?).await?;
    let (cursors, rows): (Vec<_>, Vec<_>) = slice.rows.into_iter().unzip();
    let views = orders::views(caller, rows).await?;
    let slice = Slice {
        rows: cursors.into_iter().zip(views).collect(),
        has_next: slice.has_next,
        has_previous: slice.has_previous,
    };
    let (caller, filter) = (caller.clone(), Arc::new(filter));
    let count: Count = Box::new(move || {
        let (caller, filter) = (caller.clone(), Arc::clone(&filter));
        Box::pin(async move { orders::count_of_viewer(&caller, &filter).await })
    });
    Ok(Connection::new(&slice, order, count))
}
