//! Operations on a socket: whatever can be asked by HTTP, and subscriptions.

use super::{Shop, relay, server::Server, socket::Socket};
use crate::support::TestApp;
use serde_json::{Value, json};

const QUERY: &str = "{ sellers(first: 1) { nodes { name } } }";
const WATCH: &str =
    "subscription ($shop: ID!) { productChanged(sellerId: $shop) { kind product { name } } }";

async fn told(socket: &mut Socket, id: &str) -> Value {
    let heard = socket.heard().await;
    assert_eq!(
        (&heard["type"], &heard["id"]),
        (&json!("next"), &json!(id)),
        "{heard}"
    );
    heard["payload"]["data"]["productChanged"].clone()
}

on_both_databases! {
    async fn subscriptions_go_on_until_they_are_completed(app: TestApp) {
        let server = Server::start(app).await;
        let shop = Shop::open(&server.app, "live").await;
        let mug = shop.product(&server.app, "Mug").await;
        relay(&server.app).await;
        let mut socket = server.anonymous().await;
        for id in ["a", "b"] {
            socket.subscribe(id, WATCH, json!({ "shop": shop.id })).await;
            assert_eq!(told(&mut socket, id).await["kind"], "STARTED");
        }
        socket.say(json!({ "type": "complete", "id": "a" })).await;
        // Of operations that are over, or never were, nobody minds.
        socket.say(json!({ "type": "complete", "id": "a" })).await;
        socket.say(json!({ "type": "complete", "id": "never" })).await;
        socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
        assert_eq!(socket.heard().await, json!({ "type": "pong", "payload": { "n": 1 } }));
        let mug = shop.rename(&server.app, &mug, "Better mug").await;
        relay(&server.app).await;
        assert_eq!(told(&mut socket, "b").await, json!({ "kind": "CHANGED", "product": { "name": "Better mug" } }));
        // An id that is free may be taken again.
        socket.subscribe("a", WATCH, json!({ "shop": shop.id })).await;
        assert_eq!(told(&mut socket, "a").await["kind"], "STARTED");
        shop.rename(&server.app, &mug, "Best mug").await;
        relay(&server.app).await;
        let mut names = vec![];
        for _ in 0..2 {
            let heard = socket.heard().await;
            names.push(heard["id"].as_str().unwrap().to_owned());
            assert_eq!(heard["payload"]["data"]["productChanged"]["product"]["name"], "Best mug");
        }
        names.sort();
        assert_eq!(names, ["a", "b"]);
        drop(socket);
        server.nothing_is_left().await;
    }

    async fn queries_and_mutations_are_answered_once(app: TestApp) {
        let server = Server::start(app).await;
        let shop = Shop::open(&server.app, "live").await;
        let (_, token) = server.signed_in("buyer").await;
        let mut socket = server.as_bearer(&token).await;
        socket.subscribe("q", QUERY, json!({})).await;
        let heard = socket.heard().await;
        assert_eq!(heard["payload"]["data"]["sellers"]["nodes"][0]["name"], "live");
        assert_eq!(socket.heard().await, json!({ "type": "complete", "id": "q" }));
        // A mutation with its key, sent again on another socket.
        let open = "mutation { sellerOpen(input: { name: \"By socket\", currency: \"EUR\" }) @idempotent(key: \"by-socket-1\") {
            seller { id name } userErrors { code } } }";
        let mut made = Vec::new();
        for _ in 0..2 {
            let mut socket = server.as_bearer(&token).await;
            socket.subscribe("m", open, json!({})).await;
            let heard = socket.heard().await;
            assert_eq!(heard["type"], "next", "{heard}");
            made.push(heard["payload"]["data"]["sellerOpen"].clone());
            assert_eq!(socket.heard().await, json!({ "type": "complete", "id": "m" }));
        }
        assert_eq!(made[0]["seller"]["name"], "By socket");
        assert_eq!(made[0], made[1]);
        // What is wrong with a document is an error, and the conversation goes on.
        for (document, code) in [
            ("{ nothing }", "VALIDATION_ERROR"),
            ("{", "VALIDATION_ERROR"),
            ("", "VALIDATION_ERROR"),
            ("subscription { productChanged { kind } }", "VALIDATION_ERROR"),
            ("subscription { nothing }", "VALIDATION_ERROR"),
        ] {
            socket.subscribe("bad", document, json!({})).await;
            let heard = socket.heard().await;
            assert_eq!((&heard["type"], &heard["id"]), (&json!("error"), &json!("bad")), "{document}: {heard}");
            assert_eq!(heard["payload"][0]["extensions"]["code"], code, "{heard}");
        }
        // An error within an answer leaves it one.
        socket.subscribe("null", "{ product(slug: \"none\") { id } }", json!({})).await;
        let heard = socket.heard().await;
        assert_eq!((&heard["type"], &heard["payload"]["errors"][0]["extensions"]["code"]), (&json!("next"), &json!("NOT_FOUND")));
        assert_eq!(socket.heard().await["type"], "complete");
        assert!(shop.id.is_string());
        drop(socket);
        server.nothing_is_left().await;
    }
}

/// Each limit is kept, and says which it is.
#[tokio::test]
async fn nobody_gets_more_than_its_share() {
    let server = Server::on_sqlite(&[
        ("--websocket-max-operations", "3"),
        ("--websocket-max-messages-per-second", "20"),
        ("--subscriptions-max-connections-per-address", "4"),
        ("--subscriptions-max-connections-per-account", "2"),
    ])
    .await;
    let shop = Shop::open(&server.app, "live").await;
    let variables = json!({ "shop": shop.id });
    let mut socket = server.anonymous().await;
    for number in 0..4 {
        let id = number.to_string();
        socket.subscribe(&id, WATCH, variables.clone()).await;
        let heard = socket.heard().await;
        let expected = if number < 3 { "next" } else { "error" };
        assert_eq!(
            (&heard["type"], &heard["id"]),
            (&json!(expected), &json!(id)),
            "{heard}"
        );
    }
    socket.say(json!({ "type": "complete", "id": "0" })).await;
    socket.subscribe("4", WATCH, variables.clone()).await;
    assert_eq!(told(&mut socket, "4").await["kind"], "STARTED");
    // A storm of pings.
    for _ in 0..200 {
        socket.say(json!({ "type": "ping" })).await;
    }
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 1008);
    assert!(
        reason.contains("WEBSOCKET_MAX_MESSAGES_PER_SECOND"),
        "{reason}"
    );
    drop(socket);
    server.nothing_is_left().await;
    // Seats of the account, and then of the address.
    let (_, token) = server.signed_in("hoarder").await;
    let first = server.as_bearer(&token).await;
    let second = server.as_bearer(&token).await;
    let mut third = Socket::open(server.address).await;
    let payload = json!({ "authorization": format!("Bearer {token}") });
    third
        .say(json!({ "type": "connection_init", "payload": payload }))
        .await;
    let (code, reason) = third.closed().await;
    assert_eq!(code, 1013);
    assert!(reason.contains("PER_ACCOUNT"), "{reason}");
    drop(third);
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let more = [Socket::open(server.address).await, server.anonymous().await];
    assert_eq!(Socket::refused(server.address, &[protocol]).await, 429);
    drop((first, second, more));
    server.nothing_is_left().await;
    server.anonymous().await;
}
