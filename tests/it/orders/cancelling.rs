//! Cancelling, and what becomes of it when others send meanwhile.

use super::{ORDER, bought, buy, by, seen, shopper};
use crate::{
    cart::{Market, address, changed, eur, with},
    payments::support::SUCCESS,
    support::{
        Reply, TestApp,
        shops::{done, mutate, person, refused},
    },
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

async fn cancel(app: &TestApp, actor: Actor, id: &Value) -> Reply {
    let selection = format!("order {{ {ORDER} }}");
    mutate(app, actor, "orderCancel", &selection, json!({ "id": id })).await
}

async fn ship(app: &TestApp, actor: Actor, id: &Value) -> Reply {
    let input = json!({ "id": id, "carrier": "Post", "trackingNumber": "P-1" });
    mutate(
        app,
        actor,
        "fulfilmentShip",
        "fulfilment { state trackingNumber }",
        input,
    )
    .await
}

async fn keep_back(app: &TestApp, actor: Actor, line: &Value, quantity: i64) -> Reply {
    let input = json!({ "id": line, "quantity": quantity, "reason": "Broken." });
    mutate(
        app,
        actor,
        "orderLineCancel",
        "fulfilment { state cancelled { amount } }",
        input,
    )
    .await
}

on_both_databases! {
    async fn what_is_not_paid_is_cancelled_as_a_whole(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = done(&buy(&app, ada, by(SUCCESS)).await)["order"].clone();
        let eve = person(&app, "eve").await;
        assert_eq!(refused(&cancel(&app, eve, &order["id"]).await).0, "NOT_FOUND");
        done(&cancel(&app, ada, &order["id"]).await);
        app.work_off().await;
        assert_eq!(seen(&app, ada, &order["id"]).await["state"], "CANCELLED");
        assert_eq!(refused(&cancel(&app, ada, &order["id"]).await).0, "CONFLICT");
        assert_eq!(app.outcome().await, (1_000, 0, 0));
        app.is_sound().await;
    }

    async fn a_shop_keeps_back_units_and_the_last_brings_shipping_back(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        let post = quay.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
        let ada = shopper(&app, "ada", &mill, 1).await;
        quay.voucher(&app, json!({ "code": "Off", "amount": eur("1.00") })).await;
        changed(&app, ada, with(quay.add(3), json!({ "shippingAddress": address(), "addVoucherCodes": ["off"],
            "shipping": [{ "sellerId": quay.seller, "methodId": post["id"] }] }))).await;
        let order = bought(&app, ada, SUCCESS).await;
        assert_eq!(order["total"]["amount"], "43.90");
        let lines = order["lines"].as_array().unwrap();
        let line = &lines.iter().find(|line| line["productName"] == "Mug of quay").unwrap()["id"];
        assert_eq!(refused(&keep_back(&app, mill.owner, line, 1).await).0, "NOT_FOUND");
        assert_eq!(refused(&keep_back(&app, quay.owner, line, 4).await).0, "INVALID");
        // A third of 29.00.
        let done_once = keep_back(&app, quay.owner, line, 1).await;
        assert_eq!(done(&done_once)["fulfilment"]["cancelled"]["amount"], "9.67");
        app.work_off().await;
        assert_eq!(app.outcome().await, (2_000 - 3, 0, 4_390 - 967));
        app.is_sound().await;
        let rest = keep_back(&app, quay.owner, line, 2).await;
        assert_eq!(done(&rest)["fulfilment"], json!({ "state": "CANCELLED", "cancelled": { "amount": "33.90" } }));
        app.work_off().await;
        let order = seen(&app, ada, &order["id"]).await;
        assert_eq!((&order["state"], &order["refunded"]["amount"]), (&json!("CONFIRMED"), &json!("33.90")));
        assert_eq!(app.outcome().await, (2_000 - 1, 0, 1_000));
        let part = order["fulfilments"].as_array().unwrap().iter().find(|part| part["state"] == "OPEN").unwrap();
        done(&ship(&app, mill.owner, &part["id"]).await);
        assert_eq!(refused(&cancel(&app, ada, &order["id"]).await).0, "CONFLICT");
        assert_eq!(refused(&ship(&app, mill.owner, &part["id"]).await).0, "CONFLICT");
        done(&mutate(&app, mill.owner, "fulfilmentDeliver", "fulfilment { state }", json!({ "id": part["id"] })).await);
        assert_eq!(seen(&app, ada, &order["id"]).await["state"], "COMPLETED");
        app.is_sound().await;
    }

    /// A shopper who cancels, and a shop that sends, many times each at once: one of the two is done.
    async fn of_cancelling_and_sending_one_is_done(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for round in 0..4 {
            let ada = shopper(&app, &format!("ada{round}"), &shop, 1).await;
            let order = bought(&app, ada, SUCCESS).await;
            let part = &order["fulfilments"][0]["id"];
            let cancels = futures_util::future::join_all((0..4).map(|_| cancel(&app, ada, &order["id"])));
            let ships = futures_util::future::join_all((0..4).map(|_| ship(&app, shop.owner, part)));
            let (cancels, ships) = futures_util::future::join(cancels, ships).await;
            let is_done = |reply: &&Reply| reply.body["data"]["done"]["userErrors"] == json!([]);
            let (cancelled, sent) = (cancels.iter().filter(is_done).count(), ships.iter().filter(is_done).count());
            assert_eq!(cancelled + sent, 1);
            app.work_off().await;
            let state = seen(&app, ada, &order["id"]).await["state"].clone();
            assert_eq!(state, if cancelled == 1 { "CANCELLED" } else { "CONFIRMED" });
            app.is_sound().await;
        }
    }
}
