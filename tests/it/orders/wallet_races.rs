//! What becomes of orders that a wallet is to pay, when it is too little in the end or steps fail: somebody has the money once, or it is where it was.

use super::{buy, by_wallet, seen, shopper};
use crate::{
    cart::{Market, address, changed, own, with},
    ledger::{account, assert_sound, customer, fund, send, total, wallet},
    payments::support::PATIENCE,
    support::{
        TestApp,
        sagas::FailsOnce,
        shops::{done, mutate},
        stepped_up,
    },
};
use serde_json::{Value, json};
use tradewind::{caller::Actor, jobs::Worker};

const ENDINGS: [&str; 3] = ["/begun", "/worked", "/recorded"];

/// Places an order of what is in the cart.
async fn placed(app: &TestApp, actor: Actor) -> Value {
    done(&buy(app, actor, by_wallet()).await)["order"]["id"].clone()
}

/// Puts one unit into a new cart.
async fn fill(app: &TestApp, actor: Actor, shop: &Market) {
    let input = with(shop.add(1), json!({ "shippingAddress": address() }));
    changed(app, actor, input).await;
}

/// The same, who has just shown a second factor.
fn sender(app: &TestApp, actor: Actor) -> Actor {
    stepped_up(actor, app.app.clock.now())
}

/// Sends so much of `actor`'s money away; whether it was there.
async fn sent(app: &TestApp, actor: Actor, amount: &str) -> bool {
    let to = json!({ "email": "ben@shop.example" });
    let reply = send(app, sender(app, actor), to, amount, "").await;
    reply.body["data"]["done"]["userErrors"] == json!([])
}

on_both_databases! {
    async fn of_two_orders_that_want_the_same_money_one_has_it(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        shop.voucher(&app, json!({ "code": "Ten", "rateBps": 1000 })).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        fund(&app, account(ada), 1_700).await;
        let mut orders = Vec::new();
        for index in 0..2 {
            if index > 0 {
                fill(&app, ada, &shop).await;
            }
            changed(&app, ada, json!({ "addVoucherCodes": ["ten"] })).await;
            orders.push(placed(&app, ada).await);
        }
        app.work_off().await;
        let mut states = Vec::new();
        for id in &orders {
            let order = seen(&app, ada, id).await;
            states.push((order["state"].clone(), order["cancelReason"].clone()));
            if order["state"] == "CANCELLED" {
                let words = order["reason"].as_str().unwrap();
                assert!(words.contains("held too little") && words.contains("Nothing was taken"), "{words}");
                assert_eq!((&order["number"], &order["fulfilments"][0]["state"]), (&json!(null), &json!("CANCELLED")));
            }
        }
        states.sort_by_key(|(state, _)| state.to_string());
        assert_eq!(states, [
            (json!("CANCELLED"), json!("INSUFFICIENT_FUNDS")),
            (json!("CONFIRMED"), json!(null)),
        ]);
        assert_eq!(own(&app, ada).await["quantity"], 1, "the cart is there again");
        assert_eq!(app.value::<i64>("SELECT redeemed FROM voucher").await, 1);
        assert_eq!(app.outcome().await, (999, 0, 0));
        assert_eq!(wallet(&app, ada).await, "8.00");
        app.is_sound().await;
        assert_sound(&app);
    }

    async fn what_was_sent_away_meanwhile_is_not_spent(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        customer(&app, "ben").await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        fund(&app, account(ada), 1_000).await;
        let id = placed(&app, ada).await;
        assert!(sent(&app, ada, "0.01").await);
        app.work_off().await;
        let order = seen(&app, ada, &id).await;
        assert_eq!((&order["state"], &order["cancelReason"]), (&json!("CANCELLED"), &json!("INSUFFICIENT_FUNDS")));
        assert_eq!((own(&app, ada).await["quantity"].clone(), wallet(&app, ada).await), (json!(1), json!("9.99")));
        assert_eq!(app.outcome().await, (1_000, 0, 0));
        app.is_sound().await;
        assert_sound(&app);
    }

    /// Two orders, and transfers, all at once: what is spent was there.
    async fn orders_and_transfers_race_for_a_balance(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        customer(&app, "ben").await;
        for round in 0..3 {
            let ada = shopper(&app, &format!("ada{round}"), &shop, 1).await;
            fund(&app, account(ada), 2_000).await;
            let first = placed(&app, ada).await;
            fill(&app, ada, &shop).await;
            let second = placed(&app, ada).await;
            let before = total(&app, "CUSTOMER_WALLET").await;
            let transfers = futures_util::future::join_all((0..3).map(|_| sent(&app, ada, "4")));
            let (sent, ()) = futures_util::future::join(transfers, app.work_off()).await;
            let sent = i64::try_from(sent.iter().filter(|sent| **sent).count()).unwrap();
            let mut bought = 0;
            for id in [&first, &second] {
                let order = seen(&app, ada, id).await;
                if order["state"] == "CONFIRMED" {
                    bought += 1;
                } else {
                    assert_eq!(order["cancelReason"], "INSUFFICIENT_FUNDS", "{order}");
                }
            }
            assert!(bought * 1_000 + sent * 400 <= 2_000, "{bought} {sent}");
            assert!(sent > 0 || bought == 2, "nobody else took anything");
            assert_eq!(total(&app, "CUSTOMER_WALLET").await, before - bought * 1_000);
            app.is_sound().await;
            assert_sound(&app);
        }
    }

    async fn each_step_of_a_checkout_may_fail_once_and_run_twice(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        customer(&app, "ben").await;
        let mut sold = 0;
        for state in ["CONFIRMED", "CANCELLED"] {
            for (index, ending) in ENDINGS.into_iter().enumerate() {
                let ada = shopper(&app, &format!("{}{index}", state.to_lowercase()), &shop, 1).await;
                fund(&app, account(ada), 1_000).await;
                let id = placed(&app, ada).await;
                if state == "CANCELLED" {
                    assert!(sent(&app, ada, "10").await);
                }
                let probe = FailsOnce::at(ending);
                let worker = Worker::start(app.probed(probe.clone()), tradewind::worker::registry());
                app.until_sagas_are_over().await;
                worker.stop(PATIENCE).await;
                assert!(probe.places().len() >= 3, "{:?}", probe.places());
                assert_eq!(seen(&app, ada, &id).await["state"], state, "{ending}");
                sold += i64::from(state == "CONFIRMED");
                assert_eq!(app.outcome().await, (1_000 - sold, 0, 0));
                assert_eq!(wallet(&app, ada).await, "0.00");
                app.is_sound().await;
            }
        }
        let sales = "SELECT count(*) FROM ledger_transaction WHERE kind = 'SALE'";
        assert_eq!(app.value::<i64>(sales).await, sold);
        assert_eq!(app.bank_log().await.len(), 0);
        assert_sound(&app);
    }

    async fn each_step_of_a_refund_may_fail_once_and_run_twice(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for (index, ending) in ENDINGS.into_iter().enumerate() {
            let ada = shopper(&app, &format!("ada{index}"), &shop, 2).await;
            fund(&app, account(ada), 2_000).await;
            let id = placed(&app, ada).await;
            app.work_off().await;
            assert_eq!(wallet(&app, ada).await, "0.00");
            done(&mutate(&app, ada, "orderCancel", "order { id }", json!({ "id": id })).await);
            let probe = FailsOnce::at(ending);
            let worker = Worker::start(app.probed(probe.clone()), tradewind::worker::registry());
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            assert_eq!(probe.places().len(), 2, "{:?}", probe.places());
            let order = seen(&app, ada, &id).await;
            assert_eq!((&order["state"], &order["refunded"]["amount"]), (&json!("CANCELLED"), &json!("20.00")));
            assert_eq!(wallet(&app, ada).await, "20.00");
            assert_eq!(app.outcome().await, (1_000, 0, 0));
            app.is_sound().await;
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM ledger_transaction WHERE kind = 'REFUND'").await, 3);
        assert_sound(&app);
    }
}
