//! The job that writes to someone about an order.
//!
//! It knows the order, who reads and what happened; the address and all that the letter says are looked up when it runs.

use super::order_letter::letter;
use crate::{
    accounts,
    error::Result,
    jobs::{Attempt, Job},
    orders::{self, Order, OrderStep},
    sellers::members::{self, ShopPermission},
};
use entity::ids::{AccountId, OrderId, SellerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who reads a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Reader {
    /// Whoever bought it.
    Shopper,
    /// Someone who works in a shop that sold some of it.
    Member {
        seller: SellerId,
        account: AccountId,
    },
}

/// Writes to someone about an order.
#[derive(Deserialize, Serialize)]
pub(crate) struct SendOrderMail {
    /// The event that tells of it.
    pub(super) event: Uuid,
    pub(super) order: OrderId,
    pub(super) step: OrderStep,
    pub(super) reader: Reader,
}

impl Job for SendOrderMail {
    const KIND: &'static str = "notifications.send_order_mail";
    /// A day or so; by then people have looked for themselves.
    const MAX_ATTEMPTS: u16 = 12;

    fn unique_key(&self) -> Option<String> {
        Some(match self.reader {
            Reader::Shopper => self.event.to_string(),
            Reader::Member { seller, account } => {
                format!("{} {} {}", self.event, seller.0, account.0)
            }
        })
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let db = attempt.database.write();
        let Some(bought) = orders::for_letter(db, self.order).await? else {
            return Ok(());
        };
        let Some(to) = self.address(attempt, &bought.order).await? else {
            return Ok(());
        };
        let shop = &attempt.settings.storefront_url;
        match letter(self.step, self.reader, &bought, to, shop)? {
            Some(mail) => attempt.mailer.send(&mail).await,
            None => Ok(()),
        }
    }
}

impl SendOrderMail {
    /// Where the reader reads mail; nothing for whoever has closed the account since, or does not work in the shop any more.
    async fn address(&self, attempt: &Attempt, order: &Order) -> Result<Option<String>> {
        let db = attempt.database.write();
        match (self.reader, order.customer_id) {
            (Reader::Shopper, None) => Ok(Some(order.email.clone())),
            (Reader::Shopper, Some(account)) => {
                let is_in_use = accounts::is_in_use(db, account).await?;
                Ok(is_in_use.then(|| order.email.clone()))
            }
            (Reader::Member { seller, account }, _) => {
                let may = members::who_may(db, &[seller], ShopPermission::OrdersWrite).await?;
                if may.contains(&(seller, account)) {
                    accounts::mailbox(db, account).await
                } else {
                    Ok(None)
                }
            }
        }
    }
}
