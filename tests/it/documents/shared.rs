//! What one server was told, others know through Redis.

use super::{hash, persisted};
use crate::support::{RedisServer, TestApp, TestDatabase, shared_redis};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn instance(redis: &str) -> TestApp {
    TestApp::on_database(TestDatabase::sqlite().await, &[("--redis-url", redis)]).await
}

/// A document of this test's own.
fn document() -> (String, Value) {
    let document = format!("{{ a{}: __typename }}", fastrand::u64(..));
    let extensions = persisted(&hash(&document));
    (document, extensions)
}

/// Waits until `app` knows the document: it is told beside the answer.
async fn is_known(app: &TestApp, extensions: &Value) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(10) {
        let reply = app.post(json!({ "extensions": extensions })).await;
        if reply.body.get("errors").is_none() {
            return true;
        }
        assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

#[tokio::test]
async fn two_servers_know_what_one_was_told() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    // On a machine that has much to do Redis may be too slow for one of them.
    for _ in 0..5 {
        let (document, extensions) = document();
        one.post(json!({ "query": document, "extensions": extensions }))
            .await
            .data();
        if is_known(&other, &extensions).await {
            // Not by reading Redis again: it knows by itself now.
            assert!(is_known(&other, &extensions).await);
            return;
        }
    }
    panic!("none of them came to the other");
}

/// Whoever can write to Redis cannot choose what a hash stands for.
#[tokio::test]
async fn a_text_of_another_hash_is_not_believed() {
    let Some(redis) = RedisServer::start() else {
        return;
    };
    let app = instance(&redis.url()).await;
    let (_, extensions) = document();
    let hash = extensions["persistedQuery"]["sha256Hash"]
        .as_str()
        .unwrap()
        .to_owned();
    redis.tell(&format!("SET tradewind:document:{hash} {{__typename}}"));
    let reply = app.post(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn without_redis_each_knows_its_own() {
    let Some(mut redis) = RedisServer::start() else {
        return;
    };
    let (one, other) = (instance(&redis.url()).await, instance(&redis.url()).await);
    redis.kill();
    let (document, extensions) = document();
    one.post(json!({ "query": document, "extensions": extensions }))
        .await
        .data();
    one.post(json!({ "extensions": extensions })).await.data();
    let reply = other.post(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
}
