//! Orders that are watched: by whose they are, by the shops, and by nobody else.

use super::{events::Events, relay, server::Server};
use crate::{
    cart::{Market, address, changed, guest, with},
    orders::{bought, buy, by, lay_down, shopper},
    payments::support::{SUCCESS, THREE_D_SECURE},
    support::{
        TestApp, admin,
        shops::{done, mutate, person},
    },
};
use serde_json::{Value, json};
use tradewind::caller::Actor;

const ORDER: &str = "subscription ($id: ID, $token: String, $after: String) {
    orderUpdated(id: $id, token: $token, after: $after) {
        kind position occurredAt order { id number state payment { state nextAction { url } } fulfilments { state } } } }";
const SHOP: &str = "subscription ($shop: ID!, $after: String) {
    sellerOrders(sellerId: $shop, after: $after) { kind position fulfilmentId fulfilment { id state orderNumber sellerName lines { sku } } } }";

async fn watch(app: &TestApp, actor: Actor, document: &str, variables: Value) -> (Events, Value) {
    let mut events = Events::of(app, actor, document, &variables).await;
    let started = events.told().await;
    assert_eq!(started["kind"], "STARTED", "{started}");
    (events, started)
}

async fn refused(app: &TestApp, actor: Actor, document: &str, variables: Value) -> Value {
    let mut events = Events::of(app, actor, document, &variables).await;
    let answer = match events.next().await {
        Some((_, answer)) => answer,
        None => events.rest(),
    };
    answer["errors"][0]["extensions"]["code"].clone()
}

/// What is told until the order is in this state.
async fn told_until(events: &mut Events, state: &str) -> Value {
    loop {
        let told = events.told().await;
        assert_eq!(told["kind"], "CHANGED");
        assert!(told["occurredAt"].is_string());
        if told["order"]["state"] == state {
            return told;
        }
    }
}

on_both_databases! {
    async fn shoppers_hear_what_becomes_of_their_orders(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = done(&buy(&app, ada, by(SUCCESS)).await)["order"].clone();
        let of_order = || json!({ "id": order["id"] });
        relay(&app).await;
        let (mut own, started) = watch(&app, ada, ORDER, of_order()).await;
        let (mut support, _) = watch(&app, admin(), ORDER, of_order()).await;
        // Others do not learn that it is there.
        let eve = shopper(&app, "eve", &shop, 1).await;
        assert_eq!(refused(&app, eve, ORDER, of_order()).await, "NOT_FOUND");
        assert_eq!(refused(&app, shop.owner, ORDER, of_order()).await, "NOT_FOUND");
        assert_eq!(refused(&app, Actor::Anonymous, ORDER, of_order()).await, "UNAUTHENTICATED");
        assert_eq!(refused(&app, ada, ORDER, json!({})).await, "VALIDATION_ERROR");
        assert_eq!(refused(&app, ada, ORDER, json!({ "id": order["id"], "token": "none" })).await, "VALIDATION_ERROR");
        app.work_off().await;
        relay(&app).await;
        for events in [&mut own, &mut support] {
            let told = told_until(events, "CONFIRMED").await;
            assert_eq!(told["order"]["number"], 100_001);
            assert_eq!(told["order"]["fulfilments"], json!([{ "state": "OPEN" }]));
        }
        let part = json!({ "id": bought_part(&app, ada, &order["id"]).await });
        // What becomes of another's order is not heard.
        let other = bought(&app, eve, SUCCESS).await;
        assert_eq!(other["state"], "CONFIRMED");
        done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", part).await);
        relay(&app).await;
        let (told, cost) = own.told_and_counted().await;
        assert_eq!((&told["order"]["id"], &told["order"]["fulfilments"]), (&order["id"], &json!([{ "state": "SHIPPED" }])));
        // The feed's page, the order, its parts, lines and payment.
        assert!(cost.count <= 5, "{cost:?}");
        // Whoever comes back misses nothing.
        drop(own);
        let again = json!({ "id": order["id"], "after": started["position"] });
        let mut again = Events::of(&app, ada, ORDER, &again).await;
        assert_eq!(again.told().await["position"], started["position"]);
        assert_eq!(told_until(&mut again, "CONFIRMED").await["order"]["id"], order["id"]);
        let (_, end) = watch(&app, ada, ORDER, of_order()).await;
        let last = json!({ "id": order["id"], "after": end["position"] });
        let mut last = Events::of(&app, ada, ORDER, &last).await;
        assert_eq!(last.told().await["kind"], "STARTED");
        last.is_silent().await;
    }

    /// By the token of the cart, and to its end: what has to be confirmed is told too.
    async fn guests_hear_of_theirs_by_the_token(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        lay_down(&app).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        let ready = json!({ "cartToken": token, "shippingAddress": address(), "email": "guest@home.example" });
        changed(&app, Actor::Anonymous, ready).await;
        let input = with(by(THREE_D_SECURE), json!({ "cartToken": token }));
        done(&buy(&app, Actor::Anonymous, input).await);
        relay(&app).await;
        let (mut events, _) = watch(&app, Actor::Anonymous, ORDER, json!({ "token": token })).await;
        assert_eq!(refused(&app, Actor::Anonymous, ORDER, json!({ "token": "none" })).await, "NOT_FOUND");
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM payment WHERE state = 'REQUIRES_ACTION'", 1).await;
        worker.stop(crate::payments::support::PATIENCE).await;
        relay(&app).await;
        let told = loop {
            let told = events.told().await;
            if told["order"]["payment"]["state"] == "REQUIRES_ACTION" {
                break told;
            }
        };
        assert_eq!(told["order"]["state"], "PENDING");
        assert!(told["order"]["payment"]["nextAction"]["url"].is_string());
        done(&mutate(&app, Actor::Anonymous, "orderCancel", "order { id }", json!({ "token": token })).await);
        app.work_off().await;
        relay(&app).await;
        told_until(&mut events, "CANCELLED").await;
    }

    async fn shops_hear_of_their_parts_once_they_are_paid(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 1).await, Market::open(&app, "mill", "EUR", 1).await);
        relay(&app).await;
        let of = |shop: &Market| json!({ "shop": shop.seller });
        let stranger = person(&app, "stranger").await;
        for actor in [stranger, mill.owner] {
            assert_eq!(refused(&app, actor, SHOP, of(&quay)).await, "NOT_FOUND");
        }
        assert_eq!(refused(&app, Actor::Anonymous, SHOP, of(&quay)).await, "UNAUTHENTICATED");
        let (mut inside, started) = watch(&app, quay.owner, SHOP, of(&quay)).await;
        let (mut other, _) = watch(&app, mill.owner, SHOP, of(&mill)).await;
        let ada = shopper(&app, "ada", &quay, 1).await;
        let order = done(&buy(&app, ada, by(SUCCESS)).await)["order"].clone();
        relay(&app).await;
        // Nothing of it is told before it is paid.
        app.work_off().await;
        relay(&app).await;
        let told = inside.told().await;
        let part = &order["fulfilments"][0]["id"];
        assert_eq!((&told["kind"], &told["fulfilmentId"]), (&json!("CHANGED"), part));
        assert_eq!(told["fulfilment"]["orderNumber"], 100_001);
        assert_eq!((&told["fulfilment"]["state"], &told["fulfilment"]["lines"]), (&json!("OPEN"), &json!([{ "sku": "quay-0" }])));
        done(&mutate(&app, quay.owner, "fulfilmentShip", "fulfilment { id }", json!({ "id": part })).await);
        relay(&app).await;
        let (told, cost) = inside.told_and_counted().await;
        assert_eq!(told["fulfilment"]["state"], "SHIPPED");
        // The feed's page, the part, its order and lines.
        assert!(cost.count <= 4, "{cost:?}");
        other.is_silent().await;
        // Who is shown the door hears no more.
        app.execute("DELETE FROM seller_member").await;
        let after = json!({ "shop": quay.seller, "after": started["position"] });
        assert_eq!(refused(&app, quay.owner, SHOP, after).await, "NOT_FOUND");
        let bob = shopper(&app, "bob", &quay, 1).await;
        bought(&app, bob, SUCCESS).await;
        relay(&app).await;
        inside.is_silent().await;
    }

    /// The same by WebSocket.
    async fn a_socket_tells_of_an_order(app: TestApp) {
        let server = Server::start(app).await;
        let app = &server.app;
        let shop = Market::open(app, "quay", "EUR", 1).await;
        let (ada, token) = server.signed_in("ada").await;
        lay_down(app).await;
        changed(app, ada, with(shop.add(1), json!({ "shippingAddress": address() }))).await;
        let order = done(&buy(app, ada, by(SUCCESS)).await)["order"].clone();
        relay(app).await;
        let mut socket = server.as_bearer(&token).await;
        socket.subscribe("o", ORDER, json!({ "id": order["id"] })).await;
        let told = |heard: &Value| heard["payload"]["data"]["orderUpdated"].clone();
        assert_eq!(told(&socket.heard().await)["kind"], "STARTED");
        app.work_off().await;
        relay(app).await;
        loop {
            let heard = told(&socket.heard().await);
            if heard["order"]["state"] == "CONFIRMED" {
                assert_eq!(heard["order"]["payment"]["state"], "CAPTURED");
                break;
            }
        }
        drop(socket);
        server.nothing_is_left().await;
    }
}

/// The id of the only part of the order.
async fn bought_part(app: &TestApp, actor: Actor, id: &Value) -> Value {
    let document = "query ($id: ID) { order(id: $id) { fulfilments { id } } }";
    let reply = app.gql_as(actor, document, json!({ "id": id })).await;
    reply.data()["order"]["fulfilments"][0]["id"].clone()
}
