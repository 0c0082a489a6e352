//! More sockets than may be, none of which says anything.

use super::{events::PATIENCE, server::Server, socket::Socket};
use serde_json::json;
use std::time::Instant;

/// As many as the cap allows get in and are shown out in time; everyone beyond is refused before it costs a socket, and requests
/// are answered meanwhile.
#[tokio::test]
async fn silent_sockets_are_refused_and_shown_out() {
    let server = Server::on_sqlite(&[
        ("--subscriptions-max-connections", "150"),
        ("--subscriptions-max-connections-per-address", "1000"),
        ("--websocket-init-timeout-ms", "4000"),
    ])
    .await;
    let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
    let (mut let_in, mut refused) = (Vec::new(), 0);
    for _ in 0..200 {
        match Socket::handshake(server.address, &[protocol]).await {
            Ok(socket) => let_in.push(socket),
            Err(_) => refused += 1,
        }
    }
    // On a slow machine some are shown out before the last come.
    assert!(
        let_in.len() >= 150 && refused <= 50,
        "{} {refused}",
        let_in.len()
    );
    server
        .app
        .gql("{ sellers(first: 1) { nodes { id } } }", json!({}))
        .await
        .data();
    for mut socket in let_in {
        assert_eq!(socket.closed().await.0, 4408);
    }
    server.nothing_is_left().await;
    let began = Instant::now();
    server.anonymous().await;
    assert!(began.elapsed() < PATIENCE);
}

/// A thousand subscriptions at once on one socket.
#[tokio::test]
async fn one_socket_does_not_watch_everything() {
    let server = Server::on_sqlite(&[]).await;
    let mut socket = server.anonymous().await;
    let document =
        "subscription { productChanged(sellerId: \"seller_00000000000000000000000000\") { kind } }";
    for number in 0..1_000 {
        socket
            .subscribe(&number.to_string(), document, json!({}))
            .await;
    }
    assert_eq!(socket.closed().await.0, 1008);
    drop(socket);
    server.nothing_is_left().await;
    server
        .app
        .gql("{ sellers(first: 1) { nodes { id } } }", json!({}))
        .await
        .data();
}
