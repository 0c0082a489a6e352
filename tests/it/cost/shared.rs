//! Several servers, one Redis; and none.

use super::{HUNDRED, slow};
use crate::support::{RedisServer, TestApp, TestDatabase, shared_redis, someone};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::future::join_all;
use serde_json::Value;
use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};
use tradewind::caller::Role;
use uuid::Uuid;

/// An address in a network that no other test has.
fn some_address() -> IpAddr {
    IpAddr::V6(Ipv6Addr::from_bits(Uuid::new_v4().as_u128()))
}

async fn instance(redis: &str, address: &str) -> TestApp {
    with_accounts(redis, "0", address).await
}

/// The same where accounts have buckets too.
async fn with_accounts(redis: &str, account: &str, address: &str) -> TestApp {
    let flags = [&slow(account, address)[..], &[("--redis-url", redis)]].concat();
    TestApp::on_database(TestDatabase::sqlite().await, &flags).await
}

/// How many of so many that come together are let in.
async fn let_in(app: &TestApp, address: IpAddr, tries: usize) -> usize {
    let replies = join_all((0..tries).map(|_| app.ask_at(address, HUNDRED))).await;
    let passed = replies.iter().filter(|reply| {
        let refused = reply.status == StatusCode::TOO_MANY_REQUESTS;
        assert!(refused || reply.cost() == (100, 100), "{:#}", reply.body);
        !refused
    });
    passed.count()
}

/// How often processes of this test paid by what they knew alone.
async fn counted_alone(app: &TestApp) -> u64 {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let metrics = app.send(request).await.body;
    let lines = metrics.as_str().unwrap().lines();
    let counts = lines.filter_map(|line| {
        let line = line.strip_prefix("limits_counted_alone_total{limit=\"cost")?;
        line.rsplit(' ').next()?.parse::<u64>().ok()
    });
    counts.sum()
}

/// Asserts what holds while Redis answers in time, which on a busy machine it does not always: then it is tried again.
async fn while_redis_answers(app: &TestApp, holds: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        let before = counted_alone(app).await;
        let is_so = holds().await;
        if counted_alone(app).await == before {
            assert!(is_so);
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("Redis never answers in time");
}

#[tokio::test]
async fn two_servers_share_the_buckets() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url, "1050").await, instance(&url, "1050").await);
    while_redis_answers(&one, async || {
        let address = some_address();
        let (first, second) = tokio::join!(let_in(&one, address, 10), let_in(&other, address, 10));
        first + second == 10
            && let_in(&other, address, 1).await == 0
            && let_in(&other, some_address(), 1).await == 1
    })
    .await;
}

/// What is refused by one bucket takes nothing from the other, wherever it is counted.
#[tokio::test]
async fn all_or_none_is_taken_of_both_buckets() {
    let Some(url) = shared_redis() else { return };
    let one = with_accounts(&url, "250", "1050").await;
    let other = with_accounts(&url, "250", "1050").await;
    while_redis_answers(&one, async || {
        let (address, ada) = (some_address(), someone(Role::Customer));
        let mut passed = 0;
        for app in [&one, &other, &one, &other, &one] {
            let reply = app.ask_from(address, ada, HUNDRED, Value::Null).await;
            passed += usize::from(reply.status == StatusCode::OK);
        }
        passed == 2 && let_in(&other, address, 10).await == 8 && let_in(&one, address, 1).await == 0
    })
    .await;
}

#[tokio::test]
async fn what_one_gives_back_is_there_for_the_other() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url, "1000").await, instance(&url, "1000").await);
    let address = some_address();
    // Of 202 points there come 2, for there is nothing.
    let document = "{ products(first: 100) { nodes { seller { id } } } }";
    let reply = one.ask_at(address, document).await;
    assert_eq!(reply.cost(), (202, 2));
    assert_eq!(reply.available(), 998);
    for _ in 0..200 {
        let reply = other.ask_at(address, "{ __typename }").await;
        if reply.available() >= 780 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the other server never hears of it");
}

#[tokio::test]
async fn without_redis_each_goes_by_what_it_knows() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (
        instance(&server.url(), "1050").await,
        instance(&server.url(), "1050").await,
    );
    let address = some_address();
    assert_eq!(let_in(&one, address, 4).await, 4);
    server.kill();
    assert_eq!(let_in(&one, address, 20).await, 6);
    assert_eq!(let_in(&other, address, 20).await, 10);
}
