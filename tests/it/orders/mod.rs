//! Orders: buying, and what becomes of it.

mod bad_input;
mod cancelling;
mod checkout;
mod erasing;
mod free;
mod from_wallets;
mod listing;
mod reasons;
mod rebuilding;
mod sagas;
mod statements;
mod wallet_races;

use crate::{
    cart::{Market, address, changed, with},
    payments::support::PATIENCE,
    support::{
        Reply, TestApp,
        shops::{done, person},
    },
};
use entity::ids::SellerId;
use serde_json::{Value, json};
use tradewind::{
    caller::Actor,
    jobs::{Registry, Worker},
    outbox::relay,
};
use uuid::Uuid;

pub const ORDER: &str = "id number state reason cancelReason paidFromWallet email version total { amount } cancelled { amount } refunded { amount }
    lines { id productName quantity cancelledQuantity total { amount } }
    fulfilments { id state orderNumber sellerName trackingNumber total { amount } shippingAddress { country } }
    payment { state captured { amount } refunded { amount } nextAction { url } declineCode }";

pub const SHOP_ORDERS: &str = "query ($id: ID!, $filter: FulfilmentFilter) { shopOrders(sellerId: $id, filter: $filter, first: 10) {
    totalCount nodes { id state orderNumber total { amount } lines { quantity } } } }";

/// Has lists of orders hear of all that has happened, and nothing else done.
pub async fn caught_up(app: &TestApp) {
    let subscriptions = tradewind::worker::subscriptions();
    while relay::round(&app.app, &subscriptions).await.unwrap() > 0 {}
    let told = subscriptions.register(Registry::default());
    let worker = Worker::start(app.app.clone(), told);
    let open = "SELECT count(*) FROM job WHERE kind LIKE 'orders.view%' AND state IN ('WAITING', 'RUNNING')";
    app.until(open, 0).await;
    worker.stop(PATIENCE).await;
}

/// Buys as `actor`, with a key of its own.
pub async fn buy(app: &TestApp, actor: Actor, input: Value) -> Reply {
    let document = format!(
        "mutation ($input: CheckoutCompleteInput!) {{ done: checkoutComplete(input: $input) {{ order {{ {ORDER} }} problems {{ code }} \
         userErrors {{ code message field }} }} }}"
    );
    let key = Uuid::now_v7().to_string();
    let variables = json!({ "input": input });
    app.gql_keyed(actor, &key, &document, variables).await
}

/// A shopper with so many of each variant in the cart.
pub async fn shopper(app: &TestApp, name: &str, shop: &Market, quantity: i64) -> Actor {
    let actor = person(app, name).await;
    lay_down(app).await;
    let input = with(shop.add(quantity), json!({ "shippingAddress": address() }));
    changed(app, actor, input).await;
    actor
}

/// Has the units that are in stock lie somewhere.
pub async fn lay_down(app: &TestApp) {
    let sellers: Vec<SellerId> = app
        .column("SELECT DISTINCT seller_id FROM stock WHERE variant_id NOT IN (SELECT variant_id FROM stock_level)")
        .await;
    if sellers.is_empty() {
        return;
    }
    let opened = app
        .app
        .transaction(async |tx| tradewind::inventory::stock_open(tx, &sellers).await);
    opened.await.unwrap();
}

pub fn by(card: &str) -> Value {
    json!({ "payment": { "method": card } })
}

pub fn by_wallet() -> Value {
    json!({ "fromWallet": true })
}

/// Buys what is in the cart, and waits for what becomes of it.
pub async fn bought(app: &TestApp, actor: Actor, card: &str) -> Value {
    let reply = buy(app, actor, by(card)).await;
    let order = done(&reply)["order"].clone();
    assert_eq!(order["state"], "PENDING");
    let worker = app.serve_jobs();
    app.until_sagas_are_over().await;
    worker.stop(PATIENCE).await;
    seen(app, actor, &order["id"]).await
}

/// The order, as `actor` sees it.
pub async fn seen(app: &TestApp, actor: Actor, id: &Value) -> Value {
    let document = format!("query ($id: ID) {{ order(id: $id) {{ {ORDER} }} }}");
    let reply = app.gql_as(actor, &document, json!({ "id": id })).await;
    reply.data()["order"].clone()
}

impl TestApp {
    /// Has workers do what there is to do until all is over.
    pub async fn work_off(&self) {
        let worker = self.serve_jobs();
        self.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
    }

    /// What is held, promised, and kept of orders: `on_hand reserved kept`.
    pub async fn outcome(&self) -> (i64, i64, i64) {
        (
            self.value("SELECT CAST(sum(on_hand) AS bigint) FROM stock")
                .await,
            self.value("SELECT CAST(sum(reserved) AS bigint) FROM stock")
                .await,
            self.value("SELECT CAST(coalesce(sum(captured - refunded), 0) AS bigint) FROM payment")
                .await,
        )
    }

    /// Nothing that must hold is broken.
    pub async fn is_sound(&self) {
        let wrong = tradewind_faults(self).await;
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}

async fn tradewind_faults(app: &TestApp) -> Vec<String> {
    app.column(
        "SELECT 'total' FROM customer_order o WHERE o.total <> (SELECT sum(f.total) FROM order_fulfilment f WHERE f.order_id = o.id) \
         UNION ALL SELECT 'money ' || o.state FROM customer_order o WHERE o.state <> 'PENDING' AND o.total - o.cancelled <> \
           CASE WHEN o.from_wallet THEN (SELECT coalesce(sum(-e.amount), 0) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id \
               WHERE a.kind = 'CUSTOMER_WALLET' AND e.transaction_id IN (SELECT t.id FROM ledger_transaction t \
                 LEFT JOIN ledger_transaction sale ON sale.id = t.of_id WHERE t.source_id = o.id OR sale.source_id = o.id)) \
             ELSE (SELECT coalesce(sum(p.captured - p.refunded), 0) FROM payment p WHERE p.subject_id = o.id) END \
         UNION ALL SELECT 'captures' FROM payment_attempt a WHERE a.operation = 'CAPTURE' AND a.state = 'SUCCEEDED' \
           GROUP BY a.payment_id HAVING count(*) > 1 \
         UNION ALL SELECT 'ledger' FROM ledger_account GROUP BY currency HAVING sum(balance) <> 0 \
         UNION ALL SELECT 'promised' FROM stock WHERE reserved <> 0 AND NOT EXISTS (SELECT 1 FROM customer_order WHERE state = 'PENDING')",
    )
    .await
}
