//! Buying, by the card that it is paid with.

use super::{ORDER, bought, buy, by, caught_up, lay_down, seen, shopper};
use crate::{
    cart::{Market, address, changed, eur, guest, own, with},
    payments::support::{
        CAPTURE_DECLINED, DECLINED, DUPLICATES, INSUFFICIENT, LOST_ANSWER, PATIENCE, PENDING,
        QUICK, SUCCESS, THREE_D_SECURE, UNORDERED,
    },
    support::{
        TestApp, TestDatabase,
        shops::{done, mutate, person},
    },
};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use entity::ids::SagaId;
use serde_json::json;
use tradewind::caller::Actor;

on_both_databases! {
    async fn what_is_bought_is_paid_sold_and_posted(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 2).await, Market::open(&app, "mill", "EUR", 1).await);
        done(&mutate(&app, crate::support::admin(), "taxRateSet", "taxRate { rateBps }",
            json!({ "country": "DE", "name": "VAT", "rateBps": 1900, "included": true })).await);
        quay.voucher(&app, json!({ "code": "Ten", "rateBps": 1000 })).await;
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        let ada = shopper(&app, "ada", &quay, 2).await;
        let cart = changed(&app, ada, with(mill.add(1), json!({ "addVoucherCodes": ["ten"],
            "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] }))).await;
        let total = cart["totals"]["total"]["amount"].clone();
        assert_eq!(total, "50.90");
        let order = bought(&app, ada, SUCCESS).await;
        assert_eq!((&order["state"], &order["number"]), (&json!("CONFIRMED"), &json!(100_001)));
        assert_eq!((&order["total"]["amount"], &order["payment"]["captured"]["amount"]), (&total, &total));
        assert_eq!(order["lines"].as_array().unwrap().len(), 3);
        for part in order["fulfilments"].as_array().unwrap() {
            assert_eq!((&part["state"], &part["shippingAddress"]["country"]), (&json!("OPEN"), &json!("DE")));
        }
        assert_eq!(app.outcome().await, (3_000 - 5, 0, 5_090));
        assert_eq!(own(&app, ada).await, json!(null));
        let told = "SELECT name FROM outbox_event WHERE name LIKE 'orders.%' ORDER BY name";
        assert_eq!(app.column::<String>(told).await, ["orders.order_changed", "orders.order_placed"]);
        let redeemed: i64 = app.value("SELECT redeemed FROM voucher").await;
        assert_eq!(redeemed, 1);
        app.is_sound().await;
        // Others see nothing of it, its shop its own part.
        let eve = person(&app, "eve").await;
        assert_eq!(seen_code(&app, eve, &order["id"]).await, "NOT_FOUND");
        caught_up(&app).await;
        let list = "query ($id: ID!) { shopOrders(sellerId: $id) { totalCount nodes { state orderNumber total { amount } lines { quantity } } } }";
        for (actor, shop, count) in [(quay.owner, &quay, 1), (quay.owner, &mill, 0), (eve, &quay, 0)] {
            let reply = app.gql_as(actor, list, json!({ "id": shop.seller })).await;
            assert_eq!(reply.data()["shopOrders"]["totalCount"], count);
        }
    }

    /// Of a variant whose units are not counted there are always enough, and buying it counts nothing.
    async fn what_is_not_counted_is_promised_all_the_same(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        app.execute("UPDATE stock SET tracked = false, on_hand = 0 WHERE variant_id = (SELECT id FROM variant WHERE sku = 'quay-1')").await;
        let ada = shopper(&app, "ada", &shop, 3).await;
        done(&buy(&app, ada, by(SUCCESS)).await);
        let by_sku = "FROM variant JOIN stock ON stock.variant_id = variant.id \
            JOIN stock_reservation AS promise ON promise.variant_id = variant.id AND promise.quantity = 3 ORDER BY sku";
        assert_eq!(app.column::<i64>(&format!("SELECT reserved {by_sku}")).await, [3, 0]);
        assert_eq!(app.column::<bool>(&format!("SELECT counted {by_sku}")).await, [true, false]);
        let worker = app.serve_jobs();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.column::<i64>(&format!("SELECT on_hand {by_sku}")).await, [997, 0]);
        app.is_sound().await;
    }

    async fn what_is_declined_is_given_back(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        shop.voucher(&app, json!({ "code": "Ten", "rateBps": 1000, "totalLimit": 1 })).await;
        for (name, card) in [("ada", DECLINED), ("bob", INSUFFICIENT), ("cleo", CAPTURE_DECLINED)] {
            let actor = shopper(&app, name, &shop, 2).await;
            changed(&app, actor, json!({ "addVoucherCodes": ["ten"] })).await;
            let order = bought(&app, actor, card).await;
            assert_eq!((&order["state"], &order["number"]), (&json!("CANCELLED"), &json!(null)));
            assert!(order["reason"].as_str().unwrap().contains("declined"), "{order}");
            assert_eq!(order["fulfilments"][0]["state"], "CANCELLED");
            assert_eq!(own(&app, actor).await["quantity"], 2, "the cart is there again");
            assert_eq!(app.outcome().await, (1_000, 0, 0));
            assert_eq!(app.value::<i64>("SELECT redeemed FROM voucher").await, 0);
            app.is_sound().await;
        }
    }

    async fn whoever_confirms_gets_it_and_whoever_does_not_has_paid_nothing(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for (name, act, state) in [("ada", "confirm", "CONFIRMED"), ("bob", "refuse", "CANCELLED"), ("cleo", "", "CANCELLED")] {
            let actor = shopper(&app, name, &shop, 1).await;
            let order = done(&buy(&app, actor, by(THREE_D_SECURE)).await)["order"].clone();
            let worker = app.serve_jobs();
            app.until("SELECT count(*) FROM payment WHERE state = 'REQUIRES_ACTION'", 1).await;
            app.until("SELECT count(*) FROM saga_step s JOIN saga g ON g.id = s.saga_id WHERE s.state = 'WAITING' AND g.state = 'RUNNING'", 1).await;
            let waiting = seen(&app, actor, &order["id"]).await;
            let url = waiting["payment"]["nextAction"]["url"].as_str().unwrap();
            let path = url.strip_prefix("http://localhost:8000").unwrap();
            if act.is_empty() {
                app.app.clock.advance(TimeDelta::minutes(31));
                // The database's clock, by which jobs are due, stands where it stood; what the provider tells may have woken it already.
                let waiting: Vec<SagaId> = app.column("SELECT id FROM saga WHERE state = 'RUNNING'").await;
                for saga in waiting {
                    let woken = app.app.transaction(async |tx| tradewind::sagas::wake(tx, saga).await).await;
                    woken.unwrap();
                }
            } else {
                app.app.clock.advance(TimeDelta::minutes(20));
                let acted = Request::post(format!("{path}/{act}")).body(Body::empty()).unwrap();
                app.send(acted).await;
            }
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            assert_eq!(seen(&app, actor, &order["id"]).await["state"], state, "{name}");
            app.is_sound().await;
        }
        assert_eq!(app.outcome().await, (999, 0, 1_000));
    }

    async fn a_guest_buys_and_comes_back_by_the_token(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        lay_down(&app).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        let ready = json!({ "cartToken": token, "shippingAddress": address(), "email": "guest@home.example" });
        changed(&app, Actor::Anonymous, ready).await;
        let input = with(by(SUCCESS), json!({ "cartToken": token }));
        done(&buy(&app, Actor::Anonymous, input).await);
        app.work_off().await;
        let document = format!("query ($token: String) {{ order(token: $token) {{ {ORDER} }} }}");
        let order = app.gql_as(Actor::Anonymous, &document, json!({ "token": token })).await.data()["order"].clone();
        assert_eq!((&order["state"], &order["payment"]["state"]), (&json!("CONFIRMED"), &json!("CAPTURED")));
        assert_eq!(seen_code(&app, Actor::Anonymous, &order["id"]).await, "UNAUTHENTICATED");
        app.is_sound().await;
    }

    async fn of_many_who_buy_the_same_cart_one_does(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let replies = futures_util::future::join_all((0..12).map(|_| buy(&app, ada, by(SUCCESS)))).await;
        let won = replies.iter().filter(|reply| reply.body["data"]["done"]["order"].is_object());
        assert_eq!(won.count(), 1);
        app.work_off().await;
        assert_eq!(app.outcome().await, (999, 0, 1_000));
        app.is_sound().await;
    }

    /// Far more shoppers than units: as many orders as there are units, and nobody else pays.
    async fn no_more_is_sold_than_there_is(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        app.execute("UPDATE stock SET on_hand = 3").await;
        let mut shoppers = Vec::new();
        for number in 0..9 {
            shoppers.push(shopper(&app, &format!("s{number}"), &shop, 1).await);
        }
        let buys = shoppers.iter().map(|actor| crate::cart::insist(async || buy(&app, *actor, by(SUCCESS)).await));
        let replies = futures_util::future::join_all(buys).await;
        let won = replies.iter().filter(|reply| reply.body["data"]["done"]["order"].is_object());
        assert_eq!(won.count(), 3);
        app.work_off().await;
        assert_eq!(app.outcome().await, (0, 0, 3_000));
        app.is_sound().await;
    }
}

async fn seen_code(app: &TestApp, actor: Actor, id: &serde_json::Value) -> serde_json::Value {
    let document = "query ($id: ID) { order(id: $id) { id } }";
    let reply = app.gql_as(actor, document, json!({ "id": id })).await;
    reply.body["errors"][0]["extensions"]["code"].clone()
}

#[tokio::test]
async fn answers_that_are_lost_or_double_change_nothing() {
    let mut apps = vec![TestApp::on_sqlite_with(QUICK).await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, QUICK).await);
    }
    for app in apps {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for (name, card) in [
            ("ada", LOST_ANSWER),
            ("cleo", DUPLICATES),
            ("dora", UNORDERED),
        ] {
            let actor = shopper(&app, name, &shop, 1).await;
            let order = bought(&app, actor, card).await;
            assert_eq!(order["state"], "CONFIRMED", "{name}");
            app.is_sound().await;
        }
        assert_eq!(app.outcome().await, (997, 0, 3_000));
    }
}

on_both_databases! {
    async fn a_provider_may_take_its_time(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = done(&buy(&app, ada, by(PENDING)).await)["order"].clone();
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM saga_step WHERE name = 'authorise' AND state = 'WAITING'", 1).await;
        app.app.clock.advance(TimeDelta::seconds(2));
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(seen(&app, ada, &order["id"]).await["state"], "CONFIRMED");
        app.is_sound().await;
    }
}
