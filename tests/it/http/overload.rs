//! What is more than the server can do at once, and what takes longer than it may.

use crate::support::{Reply, TestApp, TestDatabase};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use futures_util::{
    future::{BoxFuture, join_all},
    stream::{FuturesUnordered, StreamExt},
};
use sea_orm::DbBackend;
use serde_json::json;
use std::{any::Any, time::Duration};

/// Needs the database, so it waits where there is no connection.
const QUERY: &str = "{ products(first: 1) { nodes { id } } }";
/// Two requests at once, which may wait long for a connection.
const NARROW: [(&str, &str); 2] = [
    ("--http-max-concurrent-requests", "2"),
    ("--database-acquire-timeout-ms", "60000"),
];
/// How long to wait for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

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

async fn get(app: &TestApp, path: &str) -> Reply {
    app.send(Request::get(path).body(Body::empty()).unwrap())
        .await
}

/// The value of a metric without labels.
async fn metric(app: &TestApp, name: &str) -> f64 {
    let metrics = get(app, "/metrics").await;
    let text = metrics.body.as_str().unwrap();
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .unwrap_or("0");
    value.parse().unwrap()
}

/// Waits until that many requests are worked on. Where tests share a process they share its metrics, so another's
/// number may be seen now and then.
async fn in_flight_comes_to(app: &TestApp, expected: f64) {
    let comes = async {
        while (metric(app, "http_requests_in_flight").await - expected).abs() > 0.1 {
            tokio::task::yield_now().await;
        }
    };
    let came = tokio::time::timeout(PATIENCE, comes).await;
    assert!(came.is_ok(), "never were {expected} in flight");
}

fn asked(app: &TestApp) -> BoxFuture<'_, Reply> {
    Box::pin(app.gql(QUERY, json!({})))
}

#[track_caller]
fn assert_shed(reply: &Reply) {
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.error_code(), "SERVICE_UNAVAILABLE");
    let seconds: u32 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
}

/// Of ten requests to a server whose database is busy two wait, eight are refused at once, and probes are answered.
/// When the database has time again, the two are answered, and so is whoever comes then.
async fn shed_what_is_too_much(app: TestApp) {
    let held = busy_database(&app).await;
    let shed_before = metric(&app, "http_requests_shed_total").await;
    let mut requests: FuturesUnordered<_> = (0..10).map(|_| asked(&app)).collect();
    for _ in 0..8 {
        let refused = tokio::time::timeout(PATIENCE, requests.next()).await;
        assert_shed(&refused.expect("refused at once").unwrap());
    }
    assert_eq!(requests.len(), 2);
    in_flight_comes_to(&app, 2.0).await;
    assert_eq!(get(&app, "/health").await.status, StatusCode::OK);
    let ready = get(&app, "/health/ready").await;
    assert!(ready.body["reasons"].is_array(), "{}", ready.body);
    assert!(ready.header("retry-after").is_some());

    drop(held);
    while let Some(reply) = requests.next().await {
        reply.data();
    }
    drop(requests);
    in_flight_comes_to(&app, 0.0).await;
    asked(&app).await.data();
    let shed = metric(&app, "http_requests_shed_total").await;
    assert!(
        shed - shed_before >= 8.0,
        "{shed} shed, {shed_before} of them before"
    );
}

#[tokio::test]
async fn sheds_on_sqlite() {
    let app = TestApp::on_database(TestDatabase::sqlite().await, &NARROW).await;
    shed_what_is_too_much(app).await;
}

#[tokio::test]
async fn sheds_on_postgres() {
    if let Some(database) = TestDatabase::postgres().await {
        shed_what_is_too_much(TestApp::on_database(database, &NARROW).await).await;
    }
}

#[tokio::test]
async fn who_leaves_makes_room() {
    let app = TestApp::on_sqlite_with(&NARROW).await;
    let held = busy_database(&app).await;
    let brief = Duration::from_millis(50);
    for _ in 0..3 {
        let two = join_all([asked(&app), asked(&app)]);
        assert!(tokio::time::timeout(brief, two).await.is_err(), "they wait");
    }
    in_flight_comes_to(&app, 0.0).await;
    drop(held);
    asked(&app).await.data();
}

/// Or a handful of clients that send a byte now and then would keep everyone else out.
#[tokio::test]
async fn slow_bodies_take_no_room() {
    let app = TestApp::on_sqlite_with(&NARROW).await;
    let mut slow: FuturesUnordered<_> = (0..20)
        .map(|_| {
            let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
            let request = Request::post("/graphql")
                .header("content-type", "application/json")
                .body(Body::from_stream(never))
                .unwrap();
            app.send(request)
        })
        .collect();
    let brief = Duration::from_millis(50);
    assert!(tokio::time::timeout(brief, slow.next()).await.is_err());
    asked(&app).await.data();
}

#[tokio::test]
async fn what_takes_too_long_is_stopped() {
    let flags = [NARROW[1], ("--request-timeout-ms", "50")];
    let app = TestApp::on_sqlite_with(&flags).await;
    let held = busy_database(&app).await;
    let reply = asked(&app).await;
    assert_eq!(reply.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(reply.error_code(), "TIMEOUT");
    in_flight_comes_to(&app, 0.0).await;
    drop(held);
    asked(&app).await.data();
}
