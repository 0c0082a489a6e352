//! Which media type answers and refusals have, and when an answer has data.

use crate::support::{Reply, TestApp};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";

async fn send(app: &TestApp, accept: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = Request::post("/graphql").header("accept", accept);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

async fn ask(app: &TestApp, accept: &str, headers: &[(&str, &str)], document: &str) -> Reply {
    let headers = [&[("content-type", OLD)], headers].concat();
    send(
        app,
        accept,
        &headers,
        &json!({ "query": document }).to_string(),
    )
    .await
}

#[track_caller]
fn assert_is(reply: &Reply, status: StatusCode, media_type: &str) {
    assert_eq!(reply.status, status, "{:#}", reply.body);
    let expected = format!("{media_type}; charset=utf-8");
    assert_eq!(reply.header("content-type"), Some(expected.as_str()));
}

#[tokio::test]
async fn what_is_not_executed_has_no_data() {
    let app = TestApp::on_sqlite().await;
    for document in ["{", "{ nonsense }", "query($a: Int!) { __typename }"] {
        for accept in [NEW, OLD] {
            let reply = ask(&app, accept, &[], document).await;
            assert!(reply.body["errors"].is_array(), "{:#}", reply.body);
            assert!(reply.body.get("data").is_none(), "{:#}", reply.body);
        }
    }
}

on_both_databases! {
    /// Null all the way up is data still: it was executed.
    async fn what_was_executed_has_data(app: TestApp) {
        for document in ["{ auditLog(first: 1) { nodes { id } } }", "{ account(id: \"x\") { id } }"] {
            let reply = ask(&app, NEW, &[], document).await;
            assert_is(&reply, StatusCode::OK, NEW);
            assert!(reply.body.get("data").is_some(), "{:#}", reply.body);
            assert!(reply.body["errors"][0]["path"].is_array(), "{:#}", reply.body);
        }
    }
}

#[tokio::test]
async fn a_request_that_is_refused_is_answered_in_the_type_it_asks_for() {
    let app = TestApp::on_sqlite().await;
    for accept in [NEW, OLD] {
        let stale = [("authorization", "Bearer stale")];
        let reply = ask(&app, accept, &stale, "{ __typename }").await;
        assert_is(&reply, StatusCode::UNAUTHORIZED, accept);
        assert_eq!(reply.error_code(), "UNAUTHENTICATED");

        let request = Request::builder()
            .method(Method::GET)
            .uri("/graphql?query=mutation%7Bm%7D")
            .header("accept", accept);
        let reply = app.send(request.body(Body::empty()).unwrap()).await;
        assert_is(&reply, StatusCode::METHOD_NOT_ALLOWED, accept);
    }
}

/// As the specification asks; and clients that send batches would take it for the answer to one of several.
#[tokio::test]
async fn what_is_no_request_is_answered_in_plain_json() {
    let app = TestApp::on_sqlite().await;
    for body in ["{", "[]", r#"[{"query":"{ __typename }"}]"#, "{}"] {
        let reply = send(&app, NEW, &[("content-type", OLD)], body).await;
        assert_is(&reply, StatusCode::BAD_REQUEST, OLD);
    }
    let reply = send(&app, NEW, &[], "{}").await;
    assert_is(&reply, StatusCode::UNSUPPORTED_MEDIA_TYPE, OLD);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_why() {
    let app = TestApp::on_sqlite().await;
    let body = r#"{"query":"{ __typename }"}"#;
    for (headers, reason) in [
        (
            &[("content-type", "text/plain")][..],
            "Content-Type to application/json",
        ),
        (
            &[("content-type", "application/json; charset=latin1")],
            "charset",
        ),
        (
            &[("content-type", OLD), ("content-encoding", "gzip")],
            "compression",
        ),
    ] {
        let reply = send(&app, OLD, headers, body).await;
        assert_is(&reply, StatusCode::UNSUPPORTED_MEDIA_TYPE, OLD);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
    }
    let plain = [("content-type", OLD), ("content-encoding", "identity")];
    let reply = send(&app, OLD, &plain, body).await;
    assert_eq!(reply.data(), &json!({ "__typename": "Query" }));
}

/// A status of failure and data exclude each other, also where all there is of it is null.
#[tokio::test]
async fn an_answer_that_failed_as_a_whole_has_no_data() {
    let app = TestApp::on_sqlite_with(&[("--database-acquire-timeout-ms", "500")]).await;
    let pool = app.app.database.read().get_sqlite_connection_pool();
    let mut held = Vec::new();
    while held.len() < pool.options().get_max_connections() as usize {
        // A slow machine may need longer to open one.
        held.extend(pool.acquire().await);
    }
    let document = "{ product(slug: \"x\") { id } }";
    let reply = ask(&app, NEW, &[], document).await;
    assert_is(&reply, StatusCode::SERVICE_UNAVAILABLE, NEW);
    assert_eq!(reply.body.get("data"), None::<&Value>, "{:#}", reply.body);
    drop(held);
    // There is no such product, which is an answer.
    let reply = ask(&app, NEW, &[], document).await;
    assert_is(&reply, StatusCode::OK, NEW);
    assert_eq!(reply.body["data"], json!({ "product": null }));
    assert_eq!(reply.error_code(), "NOT_FOUND");
}
