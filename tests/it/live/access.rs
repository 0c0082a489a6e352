//! Whoever may not listen any more is told so within seconds.

use super::{Shop, relay, server::Server, socket::Socket};
use crate::support::{TestApp, gql_request, stepped_up};
use axum::http::{HeaderValue, header};
use chrono::TimeDelta;
use serde_json::json;
use tradewind::caller::{Actor, Means, Person};

const WATCH: &str =
    "subscription ($shop: ID!) { productChanged(sellerId: $shop) { kind product { name } } }";

on_both_databases! {
    async fn a_conversation_ends_with_what_it_was_begun_with(app: TestApp) {
        let server = Server::start(app).await;
        let shop = Shop::open(&server.app, "watched").await;
        for (name, end) in [
            ("signed-out", "UPDATE session SET ended_at = created_at, end_reason = 'SIGNED_OUT'"),
            ("suspended", "UPDATE account SET status = 'SUSPENDED' WHERE display_name = 'suspended'"),
            ("promoted", "UPDATE account SET role = 'SUPPORT' WHERE display_name = 'promoted'"),
        ] {
            let (_, token) = server.signed_in(name).await;
            let mut socket = server.as_bearer(&token).await;
            socket.subscribe("1", WATCH, json!({ "shop": shop.id })).await;
            assert_eq!(socket.heard().await["payload"]["data"]["productChanged"]["kind"], "STARTED");
            server.app.execute(end).await;
            assert_eq!(socket.closed().await, (4403, "Forbidden".to_owned()), "{name}");
        }
        let (_, token) = server.signed_in("expired").await;
        let mut socket = server.as_bearer(&token).await;
        let mut anonymous = server.anonymous().await;
        server.app.app.clock.advance(TimeDelta::minutes(15));
        assert_eq!(socket.closed().await.0, 4403);
        // Nobody's does not end.
        anonymous.is_silent().await;
        drop(anonymous);
        server.nothing_is_left().await;
    }
}

#[tokio::test]
async fn signing_out_here_is_felt_at_once_and_by_events_too() {
    let server = Server::start(TestApp::on_sqlite().await).await;
    let shop = Shop::open(&server.app, "watched").await;
    let mug = shop.product(&server.app, "Mug").await;
    let (_, token) = server.signed_in("leaver").await;
    let mut socket = server.as_bearer(&token).await;
    socket
        .subscribe("1", WATCH, json!({ "shop": shop.id }))
        .await;
    assert_eq!(socket.heard().await["type"], "next");
    let document = "mutation { sessionEnd { userErrors { code } } }";
    let mut request = gql_request(Actor::Anonymous, document, &json!({}));
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    server.app.send(request).await.data();
    shop.rename(&server.app, &mug, "Secret mug").await;
    relay(&server.app).await;
    // Not one event after the end.
    let closed = socket.heard_or_closed().await;
    assert_eq!(closed.unwrap_err().0, 4403);
}

/// A stream of events says so, and is complete.
#[tokio::test]
async fn a_stream_ends_with_what_it_was_begun_with() {
    let server = Server::start(TestApp::on_sqlite().await).await;
    let shop = Shop::open(&server.app, "watched").await;
    let (_, token) = server.signed_in("streamer").await;
    let mut request = gql_request(Actor::Anonymous, WATCH, &json!({ "shop": shop.id }));
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    let accept = HeaderValue::from_static("text/event-stream");
    request.headers_mut().insert(header::ACCEPT, accept);
    let mut events = super::events::Events::ask(&server.app, request).await;
    assert_eq!(events.told().await["kind"], "STARTED");
    server
        .app
        .execute("UPDATE account SET status = 'SUSPENDED'")
        .await;
    let (event, answer) = events.next().await.unwrap();
    assert_eq!(event, "next");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(events.next().await.unwrap().0, "complete");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn keys_watch_what_their_scopes_open() {
    let server = Server::start(TestApp::on_sqlite().await).await;
    let shop = Shop::open(&server.app, "watched").await;
    let (owner, _) = server.signed_in("programmer").await;
    let Actor::Person(person) = owner else {
        unreachable!("whoever signed in is a person");
    };
    let session = Means::Session {
        id: server.app.value("SELECT id FROM session").await,
        stepped_up_at: None,
    };
    let owner = Actor::Person(Person {
        means: session,
        ..person
    });
    for (scopes, expected) in [
        (json!(["CATALOGUE_READ"]), "next"),
        (json!(["ACCOUNT_READ"]), "error"),
    ] {
        let document = "mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { secret userErrors { code } } }";
        let input = json!({ "name": "Till", "scopes": scopes });
        let actor = stepped_up(owner, server.app.app.clock.now());
        let reply = server
            .app
            .gql_as(actor, document, json!({ "input": input }))
            .await;
        let key = reply.data()["apiKeyCreate"]["secret"]
            .as_str()
            .unwrap_or_else(|| panic!("{:#}", reply.body))
            .to_owned();
        let mut socket = server.as_bearer(&key).await;
        socket
            .subscribe("1", WATCH, json!({ "shop": shop.id }))
            .await;
        let heard = socket.heard().await;
        assert_eq!(heard["type"], expected, "{heard}");
        if expected == "error" {
            assert_eq!(heard["payload"][0]["extensions"]["code"], "FORBIDDEN");
        } else {
            server
                .app
                .execute("UPDATE api_key SET revoked_at = created_at")
                .await;
            assert_eq!(socket.closed().await.0, 4403);
        }
    }
}

#[tokio::test]
async fn pages_of_others_are_kept_out() {
    let server = Server::on_sqlite(&[("--cors-allowed-origins", "https://shop.example")]).await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    for origin in [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
    ] {
        assert_eq!(
            Socket::refused(server.address, &[protocol, ("origin", origin)]).await,
            403,
            "{origin}"
        );
    }
    let own = format!("http://{}", server.address);
    for origin in ["https://shop.example", own.as_str()] {
        assert!(
            Socket::handshake(server.address, &[protocol, ("origin", origin)])
                .await
                .is_ok(),
            "{origin}"
        );
    }
}
