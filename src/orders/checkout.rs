//! What carries a checkout on: the money is held, then taken, and then all that follows from it is written at once. Whatever keeps it from that
//! has everything given back.

use super::{
    CancelReason, FulfilmentState, OrderChanged, OrderState, OrderStep,
    cancellation::{Cancellation, refused},
    change,
    rules::{funding_of, order_before, share_of},
};
use crate::{
    cart,
    error::{Error, Result},
    inventory,
    ledger::{self, Sale, TooLittle, WalletChanged},
    outbox::Batch,
    payments::{self, Failure, Held},
    platform::database::Tx,
    sagas::{self, Outcome, Saga, Step, Turn},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::{AccountId, CartId, OrderId, PaymentId, SellerId};
use entity::orders::{fulfilment, order};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, Statement,
    sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For so long whoever pays may take to confirm it.
const TO_CONFIRM: TimeDelta = TimeDelta::minutes(30);
/// For so much longer what was promised is kept, so that whoever confirms at the last moment gets it.
const GRACE: TimeDelta = TimeDelta::minutes(5);

/// An order on its way to being paid.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Checkout {
    /// The order.
    pub order: OrderId,
    /// What it was made of.
    pub cart: CartId,
    /// Nothing where nothing is to be paid, or the wallet pays.
    pub payment: Option<PaymentId>,
    /// Whose it is; nothing for a guest's.
    pub customer: Option<AccountId>,
    /// When it was bought.
    pub placed_at: DateTime<Utc>,
}

impl Saga for Checkout {
    const KIND: &'static str = "orders.checkout";

    fn subject(&self) -> Uuid {
        self.order.0
    }

    fn customer(&self) -> Option<AccountId> {
        self.customer
    }

    fn steps() -> Vec<Step<Self>> {
        vec![
            // The order was written by whoever started this; here is what takes it back, after the money.
            Step::new("place", |_, _| Box::pin(async { Outcome::done(&()) }))
                .undone_by(|checkout: &Self, turn| Box::pin(checkout.withdraw(turn))),
            Step::new("authorise", |checkout: &Self, turn| {
                Box::pin(checkout.authorise(turn))
            })
            .undone_by(|checkout, turn| Box::pin(checkout.give_back(turn)))
            .or_compensate(),
            Step::new("capture", |checkout: &Self, turn| {
                Box::pin(checkout.capture(turn))
            })
            .or_compensate(),
            Step::new("settle", |checkout: &Self, turn| {
                Box::pin(checkout.settle(turn))
            })
            .or_compensate(),
        ]
    }
}

impl Checkout {
    async fn authorise(&self, turn: &Turn) -> Result<Outcome> {
        let Some(payment) = self.payment else {
            return Outcome::done(&());
        };
        match payments::hold(turn, payment).await? {
            Held::Yes => Outcome::done(&()),
            Held::Awaited => self.wait(turn).await,
            Held::No(refused) => Ok(refused),
        }
    }

    /// Keeps what was promised until whoever pays has confirmed it, or has had the time to.
    async fn wait(&self, turn: &Turn) -> Result<Outcome> {
        let deadline = self.placed_at + TO_CONFIRM;
        let now = turn.clock.now();
        if now >= deadline {
            return Ok(Failure::Expired.outcome("it was not confirmed in time"));
        }
        turn.transaction(async |tx| {
            // Where it has expired already it is taken anew when the order is settled, if it is there.
            inventory::stock_extend(tx, self.order.0, deadline + GRACE, now).await?;
            Ok(Outcome::wait_until(deadline))
        })
        .await
    }

    async fn capture(&self, turn: &Turn) -> Result<Outcome> {
        match self.payment {
            Some(payment) => payments::take(turn, payment).await,
            None => Outcome::done(&()),
        }
    }

    /// The order is paid: it gets its number, the shops get their parts, the stock is sold, and the money is posted, all at once.
    async fn settle(&self, turn: &Turn) -> Result<Outcome> {
        turn.transaction(async |tx| {
            let now = turn.clock.now();
            if !confirm(tx, self.order, now).await? {
                return Ok(Outcome::fail("The order is over."));
            }
            change::parts_to(tx, self.order, FulfilmentState::Open, now).await?;
            if is_closed(tx, self.order).await? {
                return Ok(refused(CancelReason::ShopClosed));
            }
            let shortages = Box::pin(inventory::stock_claim(tx, self.order.0, now)).await?;
            if !shortages.is_empty() {
                return Ok(refused(CancelReason::SoldOut));
            }
            let Ok(sold) = Box::pin(self.post(turn, tx, now)).await? else {
                return Ok(refused(CancelReason::InsufficientFunds));
            };
            self.tell(tx, sold, OrderState::Confirmed, OrderStep::Confirmed)
                .await?;
            Outcome::done(&())
        })
        .await
    }

    /// Posts what was paid, which is when a wallet pays. Of two who want the same money, one has it.
    async fn post(
        &self,
        turn: &Turn,
        tx: &Tx,
        now: DateTime<Utc>,
    ) -> Result<Result<Concerned, TooLittle>> {
        let order = order::Entity::find_by_id(self.order).one(tx).await?;
        let order = order.ok_or(Error::NotFound("order"))?;
        let parts = fulfilment::Entity::find()
            .filter(fulfilment::Column::OrderId.eq(self.order))
            .order_by_asc(fulfilment::Column::SellerId)
            .all(tx)
            .await?;
        let shares = parts.iter().map(|part| share_of(part, order.tax_included));
        let sale = Sale {
            order: order.id,
            currency: order.currency,
            funding: funding_of(&order),
            shares: shares.collect(),
            commission_tax_bps: i64::from(turn.settings.ledger.commission_tax_bps),
            at: now,
        };
        let paid = sale.paid()?;
        if paid != order.total {
            return Err(Error::internal(anyhow::anyhow!(
                "the parts of an order come to {paid} and it to {}",
                order.total
            )));
        }
        let mut wallet = None;
        if !sale.is_nothing() {
            match ledger::sale_if_covered(tx, &sale).await? {
                Ok(posted) => {
                    let changed = |posted| sale.funding.changed(sale.currency, posted);
                    wallet = posted.and_then(changed);
                }
                Err(short) => return Ok(Err(short)),
            }
        }
        Ok(Ok(Concerned {
            sellers: parts.into_iter().map(|part| part.seller_id).collect(),
            wallet,
        }))
    }

    /// All that was paid is given back.
    async fn give_back(&self, turn: &Turn) -> Result<Outcome> {
        match self.payment {
            Some(payment) => payments::give_back(turn, payment).await,
            None => Outcome::done(&()),
        }
    }

    /// The order comes to nothing: the shopper has the cart back, others the stock and the vouchers.
    async fn withdraw(&self, turn: &Turn) -> Result<Outcome> {
        turn.transaction(async |tx| {
            let now = turn.clock.now();
            let reason = sagas::reason_of(tx, turn.saga()).await?;
            let why = Cancellation::of_saga(&reason.unwrap_or_default());
            let cancelled = why
                .write(change::order_update(self.order, now))
                .col_expr(order::Column::State, Expr::value(OrderState::Cancelled))
                .col_expr(order::Column::Cancelled, Expr::col(order::Column::Total))
                .filter(order::Column::State.is_in(order_before(OrderState::Cancelled)))
                .exec(tx)
                .await?;
            if cancelled.rows_affected == 0 {
                return Outcome::done(&());
            }
            change::parts_to(tx, self.order, FulfilmentState::Cancelled, now).await?;
            let parts = fulfilment::Entity::find()
                .filter(fulfilment::Column::OrderId.eq(self.order))
                .all(tx)
                .await?;
            Box::pin(cart::give_back(tx, self.cart, now)).await?;
            Box::pin(inventory::stock_release(tx, self.order.0, now)).await?;
            cart::voucher_release(tx, self.order, now).await?;
            let concerned = Concerned {
                sellers: parts.into_iter().map(|part| part.seller_id).collect(),
                wallet: None,
            };
            self.tell(tx, concerned, OrderState::Cancelled, OrderStep::Withdrawn)
                .await?;
            Outcome::done(&())
        })
        .await
    }

    async fn tell(
        &self,
        tx: &Tx,
        concerned: Concerned,
        state: OrderState,
        step: OrderStep,
    ) -> Result<()> {
        let Concerned { sellers, wallet } = concerned;
        let changed = OrderChanged::new(self.order, self.customer, sellers, state, step);
        let mut events = Batch::default();
        events.add(&[changed])?;
        events.add(wallet.as_slice())?;
        events.emit(tx).await
    }
}

/// Whom it concerns that an order came to another state.
struct Concerned {
    sellers: Vec<SellerId>,
    /// Where the wallet paid.
    wallet: Option<WalletChanged>,
}

/// Gives the order its number. Whether it was still to be paid.
async fn confirm(tx: &Tx, order: OrderId, now: DateTime<Utc>) -> Result<bool> {
    let backend = tx.get_database_backend();
    let number = match backend {
        DbBackend::Postgres => "nextval('customer_order_numbers')",
        // A transaction that may write is alone there.
        _ => "(SELECT coalesce(max(number), 100000) + 1 FROM customer_order)",
    };
    let sql = format!(
        "UPDATE customer_order SET state = 'CONFIRMED', number = {number}, version = version + 1, updated_at = $2 \
         WHERE id = $1 AND state = 'PENDING'"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [order.into(), now.into()]);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// Whether a shop of the order cannot sell any more.
async fn is_closed(tx: &Tx, order: OrderId) -> Result<bool> {
    let sql = "SELECT f.id FROM order_fulfilment f JOIN seller s ON s.id = f.seller_id \
         WHERE f.order_id = $1 AND (s.status <> 'ACTIVE' OR s.deleted_at IS NOT NULL) LIMIT 1";
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [order.into()]);
    Ok(tx.query_one_raw(statement).await?.is_some())
}
