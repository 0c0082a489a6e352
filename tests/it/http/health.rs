//! Health, readiness and metrics.

use crate::support::{Reply, TestApp, TestDatabase};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tradewind::platform::migrations;

async fn get(app: &TestApp, path: &str) -> Reply {
    app.send(Request::get(path).body(Body::empty()).unwrap())
        .await
}

on_both_databases! {
    async fn ready_when_the_schema_is_current(app: TestApp) {
        assert_eq!(get(&app, "/health").await.body, json!({ "status": "alive" }));
        let reply = get(&app, "/health/ready").await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.body, json!({ "status": "ready" }));

        migrations::down(&app.database.settings(), 1).await.unwrap();
        let reply = get(&app, "/health/ready").await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.body["status"], "unready");
        let reason = reply.body["reasons"][0].as_str().unwrap();
        assert!(reason.contains("tradewind migrate up"), "{reason}");
        assert_eq!(get(&app, "/health").await.status, StatusCode::OK);
    }

    async fn ready_beside_a_newer_server(app: TestApp) {
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_newer', 0)";
        app.app.database.write().execute_unprepared(newer).await.unwrap();
        let reply = get(&app, "/health/ready").await;
        assert_eq!(reply.status, StatusCode::OK, "{:#}", reply.body);
    }

    async fn unready_without_its_database(app: TestApp) {
        app.app.database.clone().close().await;
        let reply = get(&app, "/health/ready").await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.body["reasons"], json!(["The database does not answer."]));
        assert_eq!(get(&app, "/health").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn unready_with_an_empty_database() {
    let app = TestApp::on_database(TestDatabase::empty_sqlite(), &[]).await;
    assert_eq!(
        get(&app, "/health/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn requests_that_were_abandoned_are_counted() {
    let app = TestApp::on_sqlite().await;
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .body(Body::from_stream(never))
        .unwrap();
    let patience = std::time::Duration::from_millis(50);
    assert!(
        tokio::time::timeout(patience, app.send(request))
            .await
            .is_err()
    );
    let metrics = get(&app, "/metrics").await;
    let line = r#"http_requests_total{method="POST",path="/graphql",status="499"} "#;
    assert!(
        metrics.body.as_str().unwrap().contains(line),
        "{}",
        metrics.body
    );
}

#[tokio::test]
async fn metrics_are_named_and_described() {
    let app = TestApp::on_sqlite().await;
    get(&app, "/health/ready").await;
    get(&app, "/no/such/path/1").await;
    get(&app, "/no/such/path/2").await;
    app.gql("{ __typename }", json!({})).await;

    let reply = get(&app, "/metrics").await;
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let text = reply.body.as_str().unwrap();
    for line in [
        r#"http_requests_total{method="GET",path="/health/ready",status="200"} "#,
        r#"http_requests_total{method="GET",path="unmatched",status="404"} "#,
        r#"http_requests_total{method="POST",path="/graphql",status="200"} "#,
        r#"http_request_duration_seconds_bucket{method="POST",path="/graphql",le="0.001"} "#,
        r#"database_query_duration_seconds_bucket{le="0.0001"} "#,
        r#"database_pool_connections{role="writer",state="idle"} "#,
        r#"database_pool_connections{role="reader",state="busy"} "#,
        "graphql_documents_kept ",
        "process_resident_memory_bytes ",
        "tradewind_build_info{version=",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(
        !text.contains("/no/such"),
        "a path of a client's is a label"
    );
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(
            text.contains(&format!("# HELP {name} ")),
            "{name} is not described"
        );
    }
}
