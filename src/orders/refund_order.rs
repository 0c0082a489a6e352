//! Giving back the money of what was cancelled: at the provider first, then in the books, with the units, at once. What a wallet paid goes back into it,
//! which is in the books alone. That it is owed was decided before, so nothing of it is undone; what the provider refuses is for support.

use super::{Order, OrderChanged, OrderStep, change, rules::funding_of};
use crate::{
    audit::Agent,
    error::{Error, Result},
    inventory::{self, ReturnLine},
    ledger::{self, Portion, Refund, RefundShare, WalletChanged},
    outbox::Batch,
    payments::{self, Call, Standing},
    platform::database::Tx,
    sagas::{Outcome, Saga, Step, Turn},
};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, OrderId, PaymentId, RefundId, SellerId};
use entity::orders::{line, order};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a shop gives back.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Share {
    pub(super) seller: SellerId,
    /// Minor units of the order's currency.
    pub(super) amount: i64,
    /// Where that is nothing and not the end of the shop's part: so much of so much, by what it costs without vouchers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) units: Option<(i64, i64)>,
}

/// Money of an order that goes back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RefundOrder {
    /// What the books know it by.
    pub refund: RefundId,
    /// The order.
    pub order: OrderId,
    /// Nothing where nothing was paid, or the wallet paid.
    pub payment: Option<PaymentId>,
    /// Whose it is; nothing for a guest's.
    pub customer: Option<AccountId>,
    /// How much, in minor units of the order's currency.
    pub amount: i64,
    /// How much of it each shop gives back.
    pub shares: Vec<Share>,
}

impl Saga for RefundOrder {
    const KIND: &'static str = "orders.refund";

    fn subject(&self) -> Uuid {
        self.order.0
    }

    fn customer(&self) -> Option<AccountId> {
        self.customer
    }

    fn steps() -> Vec<Step<Self>> {
        vec![
            Step::new("refund", |refund: &Self, turn| {
                Box::pin(refund.pay_back(turn))
            }),
            Step::new("settle", |refund: &Self, turn| {
                Box::pin(refund.settle(turn))
            }),
        ]
    }
}

impl RefundOrder {
    async fn pay_back(&self, turn: &Turn) -> Result<Outcome> {
        let (Some(payment), true) = (self.payment, self.amount > 0) else {
            return Outcome::done(&());
        };
        match payments::refund(turn, payment, self.amount, &Call::of(turn)).await? {
            Standing::Refunded => Outcome::done(&()),
            Standing::Pending => Ok(Outcome::Wait { until: None }),
            Standing::Declined { code } => Err(Error::Conflict(format!(
                "The provider does not give it back: {code}."
            ))),
            _ => Err(Error::Unavailable),
        }
    }

    async fn settle(&self, turn: &Turn) -> Result<Outcome> {
        turn.transaction(async |tx| {
            let now = turn.clock.now();
            change::order_update(self.order, now)
                .col_expr(
                    order::Column::Refunded,
                    Expr::col(order::Column::Refunded).add(self.amount),
                )
                .exec(tx)
                .await?;
            let order = order::Entity::find_by_id(self.order).one(tx).await?;
            let order = order.ok_or(Error::NotFound("order"))?;
            let lines = line::Entity::find()
                .filter(line::Column::OrderId.eq(self.order))
                .filter(line::Column::Cancelled.gt(0))
                .all(tx)
                .await?;
            // How many came back in all by now, which is the same in whatever order refunds end.
            let lines = lines.iter().map(|line| ReturnLine {
                variant: line.variant_id,
                returned: line.cancelled,
            });
            let lines: Vec<_> = lines.collect();
            let (system, holder) = (Agent::system(None), self.order.0);
            Box::pin(inventory::stock_return(tx, system, holder, &lines, now)).await?;
            let wallet = Box::pin(self.post(tx, &order, now)).await?;
            let sellers = self.shares.iter().map(|share| share.seller).collect();
            let changed = OrderChanged::new(
                self.order,
                self.customer,
                sellers,
                order.state,
                OrderStep::Refunded,
            );
            let mut events = Batch::default();
            events.add(&[changed])?;
            events.add(wallet.as_slice())?;
            events.emit(tx).await?;
            Outcome::done(&())
        })
        .await
    }

    /// Posts it; returns what there is to tell of the wallet where it goes back there.
    async fn post(
        &self,
        tx: &Tx,
        order: &Order,
        now: DateTime<Utc>,
    ) -> Result<Option<WalletChanged>> {
        let mut shares = self.shares.clone();
        if shares.iter().any(|share| share.amount == 0) {
            // Of what costs nothing, nothing was posted; what vouchers took off goes back with what was paid, where anything was.
            let unpaid = ledger::left_unpaid(tx, self.order).await?;
            shares.retain(|share| share.amount > 0 || unpaid.contains(&share.seller));
        }
        if shares.is_empty() {
            return Ok(None);
        }
        let shares = shares.iter().map(|share| RefundShare {
            seller: share.seller,
            portion: match (share.amount, share.units) {
                (0, Some((units, of))) => Portion::Units { units, of },
                (0, None) => Portion::Whole,
                (amount, _) => Portion::Amount(amount),
            },
        });
        let refund = Refund {
            refund: self.refund,
            order: self.order,
            to: funding_of(order),
            shares: shares.collect(),
            at: now,
        };
        match ledger::refund(tx, &refund).await {
            // Units so cheap that nothing is left of them when it is rounded.
            Err(Error::Conflict(_)) if self.amount == 0 => Ok(None),
            done => Ok(refund.to.changed(order.currency, done?.posted)),
        }
    }
}
