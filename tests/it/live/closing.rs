//! How conversations end: the codes of the protocol, each by the frame that deserves it.

use super::{server::Server, socket::Socket};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

const QUERY: &str = "{ sellers(first: 1) { nodes { id } } }";

fn reason(code: u16, reason: &str) -> (u16, String) {
    (code, reason.to_owned())
}

#[tokio::test]
async fn bad_messages_are_4400() {
    let server = Server::on_sqlite(&[]).await;
    for text in [
        "",
        "nonsense",
        "[]",
        "{}",
        r#"{"type":"start","id":"1"}"#,
        r#"{"type":"connection_init","payload":1}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":7,"payload":{"query":"{ a }"}}"#,
        r#"{"type":"complete"}"#,
    ] {
        for has_begun in [false, true] {
            let mut socket = if has_begun {
                server.anonymous().await
            } else {
                Socket::open(server.address).await
            };
            socket.send(Message::text(text)).await;
            let (code, reason) = socket.closed().await;
            assert_eq!(code, 4400, "{text}");
            assert!(reason.starts_with("Invalid message: "), "{reason}");
        }
    }
    let mut socket = server.anonymous().await;
    socket
        .send(Message::binary(b"{\"type\":\"ping\"}".to_vec()))
        .await;
    assert_eq!(socket.closed().await.0, 4400);
    drop(socket);
    server.nothing_is_left().await;
}

#[tokio::test]
async fn what_is_no_frame_ends_below_the_protocol() {
    let server = Server::on_sqlite(&[]).await;
    // A frame that is not masked, and one whose reserved bits are set.
    for bytes in [&[0x81, 0x02, b'{', b'}'][..], &[0xF1, 0x80, 0, 0, 0, 0]] {
        let mut socket = server.anonymous().await.raw(bytes).await;
        assert_eq!(socket.closed().await.0, 1002, "{bytes:?}");
    }
    // Masked with zeroes, text that is not UTF-8.
    let mut socket = server
        .anonymous()
        .await
        .raw(&[0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28])
        .await;
    assert_eq!(socket.closed().await.0, 1007);
    // A megabyte, which is not read.
    let mut socket = server.anonymous().await;
    socket.send(Message::text("x".repeat(1_000_000))).await;
    let (code, reason) = socket.closed().await;
    assert_eq!(code, 1009);
    assert!(reason.contains("REQUEST_BODY_LIMIT_BYTES"), "{reason}");
    drop(socket);
    server.nothing_is_left().await;
}

#[tokio::test]
async fn who_is_not_who_it_says_is_4403() {
    let server = Server::on_sqlite(&[]).await;
    for payload in [
        json!({ "authorization": "Bearer nonsense" }),
        json!({ "Authorization": "Basic YTpi" }),
        json!({ "headers": { "authorization": "Bearer tw_0_0" } }),
        json!({ "authorization": 1 }),
    ] {
        let mut socket = Socket::open(server.address).await;
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(
            socket.closed().await,
            reason(4403, "Forbidden"),
            "{payload}"
        );
    }
}

#[tokio::test]
async fn operations_before_the_beginning_are_4401() {
    let server = Server::on_sqlite(&[]).await;
    let mut socket = Socket::open(server.address).await;
    socket.subscribe("1", QUERY, json!({})).await;
    assert_eq!(socket.closed().await, reason(4401, "Unauthorized"));
}

#[tokio::test]
async fn other_protocols_are_4406() {
    let server = Server::on_sqlite(&[]).await;
    let mut socket = Socket::handshake(server.address, &[]).await.unwrap();
    assert_eq!(
        socket.closed().await,
        reason(4406, "Subprotocol not acceptable")
    );
}

#[tokio::test]
async fn who_says_nothing_is_4408() {
    let server = Server::on_sqlite(&[("--websocket-init-timeout-ms", "200")]).await;
    let mut socket = Socket::open(server.address).await;
    // Signs of life are no beginning.
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.heard().await, json!({ "type": "pong" }));
    assert_eq!(
        socket.closed().await,
        reason(4408, "Connection initialisation timeout")
    );
    // Who has begun may take its time.
    let mut socket = server.anonymous().await;
    socket.is_silent().await;
}

#[tokio::test]
async fn the_same_id_twice_is_4409() {
    let server = Server::on_sqlite(&[]).await;
    let mut socket = server.anonymous().await;
    let document =
        "subscription { productChanged(sellerId: \"seller_00000000000000000000000000\") { kind } }";
    socket.subscribe("one", document, json!({})).await;
    assert_eq!(socket.heard().await["type"], "next");
    socket.subscribe("one", QUERY, json!({})).await;
    assert_eq!(
        socket.closed().await,
        reason(4409, "Subscriber for one already exists")
    );
    server.nothing_is_left().await;
}

#[tokio::test]
async fn beginning_twice_is_4429() {
    let server = Server::on_sqlite(&[]).await;
    let mut socket = server.anonymous().await;
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(
        socket.closed().await,
        reason(4429, "Too many initialisation requests")
    );
}
