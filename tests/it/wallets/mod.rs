//! Wallets: paying money into one's own.

mod sagas;
mod topping_up;

use crate::{
    doctor::doctor,
    support::{Reply, TestApp},
};
use serde_json::{Value, json};
use tradewind::caller::Actor;
use uuid::Uuid;

const TOP_UP: &str = "id state failure message amount { amount currency } payment { state captured { amount } refunded { amount } nextAction { url } }";

/// Pays so much into the wallet of `actor`, with a key of its own.
async fn pay_in(app: &TestApp, actor: Actor, amount: &str, card: &str) -> Reply {
    pay_in_keyed(app, actor, &Uuid::now_v7().to_string(), amount, card).await
}

async fn pay_in_keyed(app: &TestApp, actor: Actor, key: &str, amount: &str, card: &str) -> Reply {
    let document = format!(
        "mutation ($input: WalletTopUpInput!) {{ done: walletTopUp(input: $input) {{ topUp {{ {TOP_UP} }} userErrors {{ code field message }} }} }}"
    );
    let money = json!({ "amount": amount, "currency": "EUR" });
    let input = json!({ "amount": money, "payment": { "method": card } });
    app.gql_keyed(actor, key, &document, json!({ "input": input }))
        .await
}

/// The answer to `actor`'s asking for the top-up.
async fn asked(app: &TestApp, actor: Actor, id: &Value) -> Reply {
    let document = format!("query ($id: ID!) {{ walletTopUp(id: $id) {{ {TOP_UP} }} }}");
    app.gql_as(actor, &document, json!({ "id": id })).await
}

async fn seen(app: &TestApp, actor: Actor, id: &Value) -> Value {
    asked(app, actor, id).await.data()["walletTopUp"].clone()
}

/// What is in all wallets, and what was kept of all payments.
async fn outcome(app: &TestApp) -> (i64, i64) {
    let kept = "SELECT CAST(coalesce(sum(captured - refunded), 0) AS bigint) FROM payment";
    let held = "SELECT CAST(coalesce(sum(balance), 0) AS bigint) FROM ledger_account WHERE kind = 'CUSTOMER_WALLET'";
    (app.value(held).await, app.value(kept).await)
}

/// Fails the test unless all holds that must.
#[track_caller]
fn assert_sound(app: &TestApp) {
    let (output, text) = doctor(&app.database);
    assert!(output.status.success(), "{text}");
}
