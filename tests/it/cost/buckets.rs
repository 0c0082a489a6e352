//! What operations are paid from: an account's bucket, and an address's.

use super::{ELSEWHERE, HOME, HUNDRED, slow, with};
use crate::support::{TestApp, admin, someone};
use axum::http::StatusCode;
use futures_util::future::join_all;
use sea_orm::DbBackend;
use serde_json::{Value, json};
use std::{any::Any, time::Duration};
use tradewind::caller::{Actor, Role};

/// Asks for a product, and says whether it was let in.
async fn may(app: &TestApp, address: std::net::IpAddr, actor: Actor) -> bool {
    let reply = app.ask_from(address, actor, HUNDRED, Value::Null).await;
    if reply.status == StatusCode::TOO_MANY_REQUESTS {
        assert_eq!(reply.error_code(), "RATE_LIMITED");
        return false;
    }
    reply.data();
    true
}

on_both_databases! {
    async fn what_did_not_come_is_given_back_to_the_point(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let app = with(app, &slow("5000", "100000")).await;
        let person = someone(Role::Customer);
        let document = "{ products(first: 50) { nodes { variants(first: 20) { nodes { id } } } } }";
        let mut left = 5_000;
        for _ in 0..5 {
            let began = std::time::Instant::now();
            let reply = app.ask_from(HOME, person, document, Value::Null).await;
            let (requested, actual) = reply.cost();
            assert!(requested == 2 + 50 * (1 + 2 + 20) && actual < requested / 2, "{requested} {actual}");
            left -= actual;
            // A point comes back each second, also on a slow machine.
            let restored = began.elapsed().as_secs() + 2;
            assert!((left..=left + restored).contains(&reply.available()), "{left} {:#}", reply.body);
            left = reply.available();
        }
    }

    async fn twenty_at_once_cannot_take_more_than_there_is(app: TestApp) {
        let app = with(app, &slow("0", "1050")).await;
        let asked = (0..20).map(|_| may(&app, HOME, Actor::Anonymous));
        let passed = join_all(asked).await.into_iter().filter(|passed| *passed).count();
        assert_eq!(passed, 10);
        assert!(!may(&app, HOME, Actor::Anonymous).await);
        assert!(may(&app, ELSEWHERE, Actor::Anonymous).await);
    }

    /// Whoever hangs up has had the server work all the same.
    async fn nothing_is_given_back_to_who_hangs_up(app: TestApp) {
        let flags = [&slow("0", "1000")[..], &[("--database-acquire-timeout-ms", "60000")]].concat();
        let app = with(app, &flags).await;
        let held = busy_database(&app).await;
        let mut waits = Box::pin(app.ask_at(HOME, "{ products(first: 98) { nodes { id } } }"));
        let mut available = 1_000;
        while available > 900 {
            let moment = tokio::time::timeout(Duration::from_millis(20), &mut waits);
            assert!(moment.await.is_err(), "it cannot be answered yet");
            available = app.ask_at(HOME, "{ __typename }").await.available();
        }
        drop(waits);
        drop(held);
        let reply = app.ask_at(HOME, "{ __typename }").await;
        assert!(reply.available() <= 900, "{:#}", reply.body);
    }
}

/// Keeps all connections that queries could use busy, until it is dropped.
async fn busy_database(app: &TestApp) -> Vec<Box<dyn Any>> {
    let mut held: Vec<Box<dyn Any>> = Vec::new();
    let database = &app.app.database;
    if database.backend() == DbBackend::Sqlite {
        let pool = database.read().get_sqlite_connection_pool();
        for _ in 0..pool.options().get_max_connections() {
            held.push(Box::new(pool.acquire().await.unwrap()));
        }
    } else {
        let pool = database.read().get_postgres_connection_pool();
        for _ in 0..pool.options().get_max_connections() {
            held.push(Box::new(pool.acquire().await.unwrap()));
        }
    }
    held
}

#[tokio::test]
async fn accounts_and_addresses_both_bind() {
    let database = crate::support::TestDatabase::sqlite().await;
    let app = TestApp::on_database(database, &slow("250", "550")).await;
    let (ada, eve) = (someone(Role::Customer), someone(Role::Customer));
    // Ada has no more from elsewhere, and Eve still has hers.
    assert!(may(&app, HOME, ada).await && may(&app, ELSEWHERE, ada).await);
    assert!(!may(&app, HOME, ada).await && !may(&app, ELSEWHERE, ada).await);
    assert!(
        may(&app, HOME, eve).await && may(&app, HOME, eve).await && !may(&app, HOME, eve).await
    );
    // 300 of 550 are gone at home, and what was refused took nothing.
    assert!(may(&app, HOME, Actor::Anonymous).await && may(&app, HOME, Actor::Anonymous).await);
    assert!(!may(&app, HOME, Actor::Anonymous).await);
    // The address has too little now for someone who has enough.
    let newcomer = someone(Role::Customer);
    let refused = app.ask_from(HOME, newcomer, HUNDRED, Value::Null).await;
    let message = refused.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("COST_BUCKET_PER_ADDRESS"), "{message}");
    assert!(refused.available() < 100);
    assert!(may(&app, ELSEWHERE, newcomer).await && may(&app, ELSEWHERE, newcomer).await);
    // Whoever runs the server pays nothing.
    for _ in 0..3 {
        let reply = app
            .ask_from(HOME, Actor::Operator, HUNDRED, Value::Null)
            .await;
        assert_eq!(reply.cost(), (100, 100));
    }
}

#[tokio::test]
async fn a_refusal_tells_when_to_come_back() {
    let database = crate::support::TestDatabase::sqlite().await;
    let app = TestApp::on_database(database, &slow("250", "1000")).await;
    let ada = someone(Role::Customer);
    let first = app.ask_from(HOME, ada, HUNDRED, Value::Null).await;
    assert_eq!(
        first.body["extensions"]["cost"],
        json!({ "requested": 100, "actual": 100, "throttle": { "maximum": 250, "available": 150, "restoreRate": 1 } })
    );
    assert_eq!(
        first.header("ratelimit-policy"),
        Some(r#""account";q=250;qu="points";w=250, "address";q=1000;qu="points";w=1000"#)
    );
    assert_eq!(
        first.header("ratelimit"),
        Some(r#""account";r=150;t=100, "address";r=900;t=100"#)
    );
    app.ask_from(HOME, ada, HUNDRED, Value::Null).await.data();

    let refused = app.ask_from(HOME, ada, HUNDRED, Value::Null).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.error_code(), "RATE_LIMITED");
    let error = &refused.body["errors"][0];
    let wait = error["extensions"]["retryAfterSeconds"].as_u64().unwrap();
    assert!((20..=50).contains(&wait), "{wait}");
    assert_eq!(refused.header("retry-after"), Some(&*wait.to_string()));
    let available = refused.available();
    assert!((50..=80).contains(&available), "{available}");
    assert_eq!(refused.cost(), (100, 0));
    let message = error["message"].as_str().unwrap();
    let expected = format!(
        "The operation may cost 100 points, and {available} are there (COST_BUCKET). Try again in {wait} s, or ask for less. See docs/cost.md."
    );
    assert_eq!(message, expected);
    let header = refused.header("ratelimit").unwrap();
    assert!(
        header.starts_with(&format!("\"account\";r={available};t=")),
        "{header}"
    );
    assert!(refused.header("ratelimit-policy").is_some());
    // What there is suffices for something smaller.
    let smaller = app.ask_from(HOME, ada, "{ __typename }", Value::Null).await;
    smaller.data();
}

#[tokio::test]
async fn what_can_never_be_paid_is_refused_at_once() {
    let database = crate::support::TestDatabase::sqlite().await;
    let app = TestApp::on_database(database, &slow("500", "2000")).await;
    let document = "{ products(first: 100) { nodes { variants(first: 10) { nodes { id } } } } }";
    let ada = someone(Role::Customer);
    let reply = app.ask_from(HOME, ada, document, Value::Null).await;
    assert_eq!(reply.error_code(), "QUERY_TOO_EXPENSIVE");
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("retry-after"), None);
    assert_eq!(
        reply.body["errors"][0]["message"],
        "The operation may cost 1302 points, and there are never more than 500 (COST_BUCKET). `products.nodes.variants.nodes` \
         alone costs 1000. Ask for smaller pages, or in several requests. See docs/cost.md."
    );
    assert_eq!(reply.cost(), (1_302, 0));
    // Without an account there is the address's.
    app.ask_at(HOME, document).await.data();
    let next = app.ask_from(HOME, ada, "{ __typename }", Value::Null).await;
    assert_eq!(next.available(), 499);
}

#[tokio::test]
async fn buckets_can_be_switched_off() {
    let database = crate::support::TestDatabase::sqlite().await;
    let app = TestApp::on_database(database, &slow("0", "0")).await;
    let document =
        "{ products(first: 100) { nodes { category { ancestors { ancestors { slug } } } } } }";
    for actor in [Actor::Anonymous, admin()] {
        let reply = app.ask_from(HOME, actor, document, Value::Null).await;
        reply.data();
        assert_eq!(reply.cost(), (2 + 100 * (2 + 32 + 32 * 32), 2));
        assert_eq!(reply.body["extensions"]["cost"]["throttle"], Value::Null);
        assert_eq!(reply.header("ratelimit-policy"), None);
    }
}
