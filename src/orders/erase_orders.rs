//! The job that erases of a person's orders who the person was, once the account is closed. What book-keeping needs stays: what was bought, what it came to,
//! and the country.
//!
//! An order that a shop has still to send keeps its address until then, and no longer than [`KEPT_AT_MOST`].

use super::{OrderChanged, OrderState, OrderStep};
use crate::{
    accounts::addresses::PostalAddress,
    cart,
    error::{Error, Result},
    jobs::{self, Attempt, Job},
    outbox,
    platform::database::Tx,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::{AccountId, OrderId, SellerId};
use entity::orders::{fulfilment, order};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

/// Orders that are erased in one transaction.
const BATCH: u64 = 100;
/// Until those that were still to be sent are looked at again.
const PAUSE: Duration = Duration::from_secs(24 * 3_600);
/// For so long after the account was closed an address is kept for a shop that has something to send.
const KEPT_AT_MOST: TimeDelta = TimeDelta::days(90);
/// What stands in the place of the address of e-mail.
const ERASED: &str = "erased";
/// Where a part of the order is still to be sent.
const TO_BE_SENT: &str = "EXISTS (SELECT 1 FROM order_fulfilment f WHERE f.order_id = customer_order.id AND f.state IN ('PENDING', 'OPEN'))";

/// Erases of a person's orders who the person was.
#[derive(Deserialize, Serialize)]
pub(crate) struct EraseOrders {
    pub(super) account: AccountId,
    pub(super) closed_at: DateTime<Utc>,
}

/// Has the orders of an account that is closed in `tx` erased soon.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn erase_orders(tx: &Tx, account: AccountId, now: DateTime<Utc>) -> Result<()> {
    let erase = EraseOrders {
        account,
        closed_at: now,
    };
    jobs::enqueue(tx, &erase).await?;
    Ok(())
}

impl Job for EraseOrders {
    const KIND: &'static str = "orders.erase";

    fn unique_key(&self) -> Option<String> {
        Some(self.account.0.to_string())
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        while self.erase_some(attempt).await? {
            if attempt.is_stopping() {
                return Err(attempt.interrupted());
            }
        }
        attempt
            .transaction(async |tx| {
                cart::forget(tx, self.account).await?;
                let left = order::Entity::find()
                    .filter(order::Column::CustomerId.eq(self.account))
                    .filter(order::Column::Email.ne(ERASED));
                let is_any_left = left.one(tx).await?.is_some();
                attempt.finish(tx).await?;
                if is_any_left {
                    jobs::enqueue_in(tx, &self, PAUSE).await?;
                }
                Ok(())
            })
            .await
    }
}

impl EraseOrders {
    /// Erases some; whether there were any.
    async fn erase_some(&self, attempt: &Attempt) -> Result<bool> {
        let now = attempt.clock.now();
        attempt
            .transaction(async |tx| {
                attempt.hold(tx).await?;
                let mut found = order::Entity::find()
                    .filter(order::Column::CustomerId.eq(self.account))
                    .filter(order::Column::Email.ne(ERASED));
                if now < self.closed_at + KEPT_AT_MOST {
                    found = found.filter(Expr::cust(TO_BE_SENT).not());
                }
                let orders = found.order_by_asc(order::Column::Id).limit(BATCH);
                let orders = orders.all(tx).await?;
                let mut of_country: BTreeMap<String, Vec<OrderId>> = BTreeMap::new();
                for order in &orders {
                    let erased = without_whom(&order.address)?;
                    of_country.entry(erased).or_default().push(order.id);
                }
                for (address, ids) in of_country {
                    erase(tx, &ids, address, now).await?;
                }
                self.tell(tx, &orders).await?;
                Ok(!orders.is_empty())
            })
            .await
    }

    /// Tells of it: whoever keeps something of orders forgets it too.
    async fn tell(&self, tx: &Tx, orders: &[order::Model]) -> Result<()> {
        let ids = orders.iter().map(|order| order.id);
        let parts = fulfilment::Entity::find()
            .select_only()
            .column(fulfilment::Column::OrderId)
            .column(fulfilment::Column::SellerId)
            .filter(fulfilment::Column::OrderId.is_in(ids))
            .into_tuple::<(OrderId, SellerId)>()
            .all(tx)
            .await?;
        let mut shops: HashMap<OrderId, Vec<SellerId>> = HashMap::new();
        for (order, seller) in parts {
            shops.entry(order).or_default().push(seller);
        }
        let events = orders.iter().map(|order| {
            let sellers = shops.remove(&order.id).unwrap_or_default();
            let state: OrderState = order.state;
            OrderChanged::new(
                order.id,
                Some(self.account),
                sellers,
                state,
                OrderStep::Erased,
            )
        });
        let events: Vec<_> = events.collect();
        outbox::emit(tx, &events).await
    }
}

async fn erase(tx: &Tx, ids: &[OrderId], address: String, now: DateTime<Utc>) -> Result<()> {
    use order::Column as C;
    order::Entity::update_many()
        .col_expr(C::Email, Expr::value(ERASED))
        .col_expr(C::Address, Expr::value(address))
        .col_expr(C::Note, Expr::value(None::<String>))
        .col_expr(C::Reason, Expr::value(None::<String>))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::UpdatedAt, Expr::value(now))
        .filter(C::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The address without whose it is: the country alone, by which tax was due.
fn without_whom(address: &str) -> Result<String> {
    let known: PostalAddress = serde_json::from_str(address).map_err(Error::internal)?;
    let left = PostalAddress {
        name: String::new(),
        company: None,
        line1: String::new(),
        line2: None,
        city: String::new(),
        region: None,
        postal_code: None,
        country: known.country,
        phone: None,
    };
    serde_json::to_string(&left).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_the_country_is_left() {
        let address = r#"{"name":"Ada","company":"Quay","line1":"Quay 1","city":"Hamburg","postal_code":"20457","country":"DE","phone":"1"}"#;
        let left = without_whom(address).unwrap();
        assert!(left.contains("DE"), "{left}");
        for known in ["Ada", "Quay", "Hamburg", "20457", "\"1\""] {
            assert!(!left.contains(known), "{known}: {left}");
        }
        assert_eq!(without_whom(&left).unwrap(), left);
    }
}
