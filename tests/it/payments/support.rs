//! What the tests of payments share.

use crate::support::TestApp;
use entity::ids::{AccountId, PaymentId};
use entity::money::Money;
use std::time::Duration;
use tradewind::{
    app::App,
    error::Result,
    jobs::Worker,
    payments::{self, Call, NewPayment, Standing},
    ports::payments::sandbox::Line,
};
use uuid::Uuid;

pub const PATIENCE: Duration = Duration::from_secs(20);
/// A provider is not waited for long here.
pub const QUICK: &[(&str, &str)] = &[("--payments-timeout-ms", "300")];

pub const SUCCESS: &str = "4242424242424242";
pub const DECLINED: &str = "4000000000000002";
pub const INSUFFICIENT: &str = "4000000000009995";
pub const THREE_D_SECURE: &str = "4000000000003220";
pub const PENDING: &str = "4000000000006009";
pub const SLOW: &str = "4000000000006017";
pub const TIME_OUT: &str = "4000000000006025";
pub const LOST_ANSWER: &str = "4000000000006033";
pub const DUPLICATES: &str = "4000000000006041";
pub const UNORDERED: &str = "4000000000006058";
pub const CAPTURE_DECLINED: &str = "4000000000000341";

pub const AMOUNT: i64 = 1_999;

pub fn call(key: &str) -> Call {
    Call {
        key: key.to_owned(),
        saga: None,
    }
}

/// The id that clients see.
pub fn global_id(prefix: &str, id: Uuid) -> String {
    let digits = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digit = |place: u32| char::from(digits[((id.as_u128() >> (5 * place)) & 31) as usize]);
    let text: String = (0..26).rev().map(digit).collect();
    format!("{prefix}_{text}")
}

impl TestApp {
    /// A payment by this card, of which nobody was asked anything yet.
    pub async fn opened(&self, card: &str) -> PaymentId {
        self.opened_by(card, None).await
    }

    pub async fn opened_by(&self, card: &str, customer: Option<AccountId>) -> PaymentId {
        let new = NewPayment {
            subject: Uuid::now_v7(),
            customer,
            amount: Money {
                minor: AMOUNT,
                currency: "EUR".parse().unwrap(),
            },
            method: payments::method(&self.app, card).unwrap(),
        };
        let (app, now) = (&self.app, self.app.clock.now());
        let opened = app.transaction(async |tx| payments::open(tx, app, now, &new).await);
        opened.await.unwrap().id
    }

    /// A payment by this card whose money is taken.
    pub async fn taken(&self, card: &str) -> PaymentId {
        let id = self.opened(card).await;
        let key = id.0.simple();
        let held = payments::authorise(&self.app, id, &call(&format!("{key}:hold"))).await;
        assert_eq!(held.unwrap(), Standing::Authorised);
        let taken = payments::capture(&self.app, id, &call(&format!("{key}:take"))).await;
        assert_eq!(taken.unwrap(), Standing::Captured);
        id
    }

    /// What the sandbox was asked, and said, in its own words.
    pub async fn bank_log(&self) -> Vec<Line> {
        let bank = self.app.payments.embedded().unwrap();
        bank.log().await.unwrap()
    }

    /// The operations of one payment that succeeded at the sandbox.
    pub async fn bank_did(&self, id: PaymentId) -> Vec<String> {
        let log = self.bank_log().await;
        log.into_iter()
            .filter(|line| line.payment_id == id.0 && line.outcome != "DECLINED")
            .map(|line| line.operation)
            .collect()
    }

    /// A worker with all jobs of the server.
    pub fn serve_jobs(&self) -> Worker {
        Worker::start(self.app.clone(), tradewind::worker::registry())
    }

    pub async fn payment_state(&self, id: PaymentId) -> String {
        let state = payments_state(&self.app, id).await;
        state.unwrap()
    }
}

async fn payments_state(app: &App, id: PaymentId) -> Result<String> {
    use sea_orm::{ConnectionTrait, Statement};
    let sql = "SELECT state || ' ' || captured || ' ' || refunding || ' ' || refunded AS state FROM payment WHERE id = $1";
    let statement = Statement::from_sql_and_values(app.database.backend(), sql, [id.into()]);
    let row = app.database.write().query_one_raw(statement).await?;
    Ok(row.unwrap().try_get("", "state")?)
}
