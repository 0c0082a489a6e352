//! The ledger: what is posted, what is shown of it, and that it always balances.

mod append_only;
mod bank;
mod commission;
mod figures;
mod machine;
mod replay;
mod sales;
mod statements;
mod transfers;

use crate::{
    doctor::doctor,
    support::{Reply, TestApp, shops::person, stepped_up},
};
use entity::{
    ids::{AccountId, PaymentId, SellerId},
    money::{CurrencyCode, Money},
    sellers::seller,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};
use tradewind::{
    caller::Actor,
    ledger::{Posted, TopUp, top_up},
};
use uuid::Uuid;

const TRANSFER: &str =
    "mutation ($input: WalletTransferInput!) { done: walletTransfer(input: $input) {
    wallet { id balance { amount currency } } transactionId userErrors { code field message } } }";

fn euro() -> CurrencyCode {
    "EUR".parse().unwrap()
}

fn euros(minor: i64) -> Money {
    Money {
        minor,
        currency: euro(),
    }
}

/// Someone with an account, who has just shown a second factor.
pub async fn customer(app: &TestApp, name: &str) -> Actor {
    stepped_up(person(app, name).await, app.app.clock.now())
}

pub fn account(actor: Actor) -> AccountId {
    match actor {
        Actor::Person(person) => person.account,
        Actor::Anonymous | Actor::Operator => unreachable!("only people have accounts"),
    }
}

/// The global id of an account.
async fn global_id(app: &TestApp, actor: Actor) -> String {
    let reply = app
        .gql_as(actor, "{ viewer { account { id } } }", json!({}))
        .await;
    let id = &reply.data()["viewer"]["account"]["id"];
    id.as_str().unwrap().to_owned()
}

async fn shop(app: &TestApp, handle: &str) -> SellerId {
    let (id, now) = (SellerId::generate(), app.app.clock.now());
    let shop = seller::ActiveModel {
        id: Set(id),
        handle: Set(handle.to_owned()),
        name: Set(handle.to_owned()),
        name_key: Set(handle.to_owned()),
        description: Set(String::new()),
        status: Set(seller::Status::Active),
        currency: Set(euro()),
        active_products: Set(0),
        rating_sum: Set(0),
        rating_count: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    shop.insert(app.app.database.write()).await.unwrap();
    id
}

/// Pays into someone's wallet.
pub async fn fund(app: &TestApp, customer: AccountId, minor: i64) -> Posted {
    let paid = TopUp {
        payment: PaymentId::generate(),
        customer,
        money: euros(minor),
        at: app.app.clock.now(),
    };
    let work = async |tx: &_| top_up(tx, &paid).await;
    app.app.transaction(work).await.unwrap()
}

/// What someone's wallet holds.
pub async fn wallet(app: &TestApp, actor: Actor) -> Value {
    let document = "{ wallet(currency: \"EUR\") { balance { amount } } }";
    let reply = app.gql_as(actor, document, json!({})).await;
    reply.data()["wallet"]["balance"]["amount"].clone()
}

/// Sends money under a key of its own.
pub async fn send(app: &TestApp, from: Actor, recipient: Value, amount: &str, note: &str) -> Reply {
    let key = Uuid::now_v7().to_string();
    let money = json!({ "amount": amount, "currency": "EUR" });
    let input = json!({ "recipient": recipient, "amount": money, "note": note });
    app.gql_keyed(from, &key, TRANSFER, json!({ "input": input }))
        .await
}

/// The sum of balances of a kind.
pub async fn total(app: &TestApp, kind: &str) -> i64 {
    let sql = format!(
        "SELECT CAST(coalesce(sum(balance), 0) AS bigint) FROM ledger_account WHERE kind = '{kind}'"
    );
    app.value(&sql).await
}

/// Fails the test unless all holds that must.
#[track_caller]
pub fn assert_sound(app: &TestApp) {
    let (output, text) = doctor(&app.database);
    assert!(output.status.success(), "{text}");
}
