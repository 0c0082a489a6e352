//! Clients that take nothing: they are let go of, and cost the others nothing.

use super::server::Server;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;

/// Who answers no sign of life is gone, though nothing says so.
#[tokio::test]
async fn who_gives_no_sign_of_life_is_hung_up_on() {
    let server = Server::on_sqlite(&[("--subscriptions-ping-seconds", "1")]).await;
    let mut alive = server.anonymous().await;
    let silent = server.anonymous().await;
    // Reading is what answers pings.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(6) {
        alive.is_silent().await;
    }
    // Byte by byte, since whoever reads frames answers pings: a close frame, and 1013 in it.
    let mut said = Vec::new();
    let mut stream = silent.0.into_inner();
    stream.read_to_end(&mut said).await.unwrap();
    let close = said.windows(4).find(|bytes| bytes[0] == 0x88);
    assert_eq!(
        close.map(|bytes| &bytes[2..]),
        Some(&1013_u16.to_be_bytes()[..]),
        "{said:02x?}"
    );
    alive.say(json!({ "type": "ping" })).await;
    assert_eq!(alive.heard().await["type"], "pong");
}

/// Who asks for much and reads nothing is waited for, a while, with no more answers than a few.
#[tokio::test]
async fn who_takes_no_answers_is_hung_up_on() {
    let server =
        Server::on_sqlite(&[("--cost-bucket", "0"), ("--cost-bucket-per-address", "0")]).await;
    let mut greedy = server.anonymous().await;
    let document = "{ __schema { types { name description fields { name description args { name description } } } } }";
    for number in 0..90 {
        greedy
            .subscribe(&number.to_string(), document, json!({}))
            .await;
    }
    let mut other = server.anonymous().await;
    other.subscribe("1", "{ __typename }", json!({})).await;
    assert_eq!(other.heard().await["type"], "next");
    drop(other);
    // Its answers are more than the network holds, so that it is hung up on before it has read one.
    server.nothing_is_left().await;
    let (code, _) = greedy.closed().await;
    assert!(code == 1013 || code == 0, "{code}");
}
