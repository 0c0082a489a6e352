//! A server that stops: what is under way ends, and whoever listens is sent elsewhere.

use super::{Shop, events::PATIENCE, server::Server};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const WATCH: &str = "subscription ($shop: ID!) { productChanged(sellerId: $shop) { kind } }";

#[tokio::test]
async fn everyone_is_sent_elsewhere_and_nothing_is_left() {
    let server = Server::on_sqlite(&[]).await;
    let shop = Shop::open(&server.app, "closing").await;
    let mut idle = server.anonymous().await;
    let mut watching = server.anonymous().await;
    watching
        .subscribe("1", WATCH, json!({ "shop": shop.id }))
        .await;
    assert_eq!(watching.heard().await["type"], "next");
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let body = json!({ "query": WATCH, "variables": { "shop": shop.id } }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\naccept: text/event-stream\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut read = String::new();
    while !read.contains("STARTED") {
        let mut part = [0; 4_096];
        let length = stream.read(&mut part).await.unwrap();
        assert!(length > 0, "{read}");
        read.push_str(std::str::from_utf8(&part[..length]).unwrap());
    }
    assert!(read.contains("content-type: text/event-stream"), "{read}");
    assert!(!read.contains("content-encoding"), "{read}");

    server.stop.cancel();
    // No `complete`: clients that are told so do not come back.
    for socket in [&mut idle, &mut watching] {
        let (code, reason) = socket.heard_or_closed().await.unwrap_err();
        assert_eq!(code, 1001);
        assert!(reason.contains("connect again"), "{reason}");
    }
    let mut rest = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut rest))
        .await
        .unwrap()
        .unwrap();
    assert!(!rest.contains("complete"), "{rest}");
    tokio::time::timeout(PATIENCE, server.served)
        .await
        .unwrap()
        .unwrap();
    assert!(server.app.app.tasks.is_empty());
}
