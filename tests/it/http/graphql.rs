//! GraphQL over HTTP: media types, methods and status codes.

use crate::support::{Reply, TestApp};
use axum::{
    body::{Body, Bytes},
    http::{Method, Request, StatusCode, header},
};
use serde_json::{Value, json};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

fn request(method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn post(app: &TestApp, headers: &[(&str, &str)], body: &str) -> Reply {
    app.send(request(Method::POST, "/graphql", headers, body))
        .await
}

async fn post_json(app: &TestApp, accept: &str, body: Value) -> Reply {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    post(app, &headers, &body.to_string()).await
}

async fn get(app: &TestApp, query: &str) -> Reply {
    let uri = format!("/graphql?{query}");
    app.send(request(Method::GET, &uri, &[], "")).await
}

/// The envelope holds whatever the fault.
#[track_caller]
fn assert_refused(reply: &Reply, status: StatusCode, code: &str) {
    assert_eq!(reply.status, status, "{:#}", reply.body);
    assert_eq!(reply.error_code(), code);
    let error = &reply.body["errors"][0];
    assert_eq!(
        error["extensions"]["requestId"],
        reply.header("x-request-id").unwrap()
    );
    let url = error["extensions"]["documentationUrl"].as_str().unwrap();
    assert_eq!(url, format!("docs/errors.md#{}", code.to_lowercase()));
    assert!(!error["message"].as_str().unwrap().is_empty());
}

on_both_databases! {
    async fn answers_a_query(app: TestApp) {
        let reply = app.gql("{ __typename }", json!({})).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.data()["__typename"], "Query");
    }
}

#[tokio::test]
async fn the_media_type_is_negotiated() {
    let app = TestApp::on_sqlite().await;
    for (accept, media_type) in [
        ("*/*", "application/json; charset=utf-8"),
        ("application/json", "application/json; charset=utf-8"),
        (
            GRAPHQL_RESPONSE,
            "application/graphql-response+json; charset=utf-8",
        ),
    ] {
        let reply = post_json(&app, accept, json!({ "query": "{ __typename }" })).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("content-type"), Some(media_type));
        assert_eq!(reply.body, json!({ "data": { "__typename": "Query" } }));
    }
    let reply = post_json(&app, "text/html", json!({ "query": "{ __typename }" })).await;
    assert_refused(&reply, StatusCode::NOT_ACCEPTABLE, "VALIDATION_ERROR");
}

#[tokio::test]
async fn only_the_newer_media_type_tells_by_status_what_was_not_executed() {
    let app = TestApp::on_sqlite().await;
    for document in [
        "{",
        "{ nonsense }",
        "query A { __typename } query B { __typename }",
        "query($a: Boolean!) { __typename b: __schema @skip(if: $a) { description } }",
        "{ __typename @unheard }",
        "{ ...F } fragment F on Query { ... { __typename @skip } }",
    ] {
        let body = json!({ "query": document });
        let new = post_json(&app, GRAPHQL_RESPONSE, body.clone()).await;
        assert_refused(&new, StatusCode::BAD_REQUEST, "VALIDATION_ERROR");
        let old = post_json(&app, "application/json", body).await;
        assert_refused(&old, StatusCode::OK, "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn queries_may_be_asked_by_get() {
    let app = TestApp::on_sqlite().await;
    let reply = get(&app, "query=%7B__typename%7D").await;
    assert_eq!(reply.data()["__typename"], "Query");

    let document =
        "query+A+{__typename}+query+B($a:Boolean!){b:__typename+__schema@skip(if:$a){description}}";
    let query =
        format!("query={document}&operationName=B&variables={{\"a\":true}}&extensions={{}}")
            .replace('{', "%7B")
            .replace('}', "%7D")
            .replace('"', "%22");
    assert_eq!(get(&app, &query).await.data(), &json!({ "b": "Query" }));

    assert_refused(
        &get(&app, "").await,
        StatusCode::BAD_REQUEST,
        "VALIDATION_ERROR",
    );
    let reply = get(&app, "query=%7B__typename%7D&variables=%7B").await;
    assert_refused(&reply, StatusCode::BAD_REQUEST, "VALIDATION_ERROR");
}

#[tokio::test]
async fn nothing_but_queries_is_asked_by_get() {
    let app = TestApp::on_sqlite().await;
    for query in [
        "query=mutation%7Bm%7D",
        "query=subscription%7Bs%7D",
        "query=query+Q%7B__typename%7D+mutation+M%7Bm%7D&operationName=M",
    ] {
        let reply = get(&app, query).await;
        assert_refused(&reply, StatusCode::METHOD_NOT_ALLOWED, "VALIDATION_ERROR");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    let reply = get(
        &app,
        "query=query+Q%7B__typename%7D+mutation+M%7Bm%7D&operationName=Q",
    )
    .await;
    assert_eq!(reply.data()["__typename"], "Query");
}

#[tokio::test]
async fn other_methods_are_refused() {
    let app = TestApp::on_sqlite().await;
    for method in [Method::PUT, Method::DELETE, Method::OPTIONS] {
        let reply = app.send(request(method, "/graphql", &[], "")).await;
        assert_refused(&reply, StatusCode::METHOD_NOT_ALLOWED, "VALIDATION_ERROR");
        assert_eq!(reply.header("allow"), Some("GET,HEAD,POST"));
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let app = TestApp::on_sqlite().await;
    let body = r#"{"query":"{ __typename }"}"#;
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
        "application/json; charset=utf-16",
        "",
    ] {
        let reply = post(&app, &[("content-type", content_type)], body).await;
        assert_refused(
            &reply,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "VALIDATION_ERROR",
        );
    }
    let reply = post(&app, &[], body).await;
    assert_refused(
        &reply,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "VALIDATION_ERROR",
    );
    let compressed = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
    ];
    let reply = post(&app, &compressed, body).await;
    assert_refused(
        &reply,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "VALIDATION_ERROR",
    );

    for content_type in ["application/json", "Application/JSON; Charset=\"UTF-8\""] {
        let reply = post(&app, &[("content-type", content_type)], body).await;
        assert_eq!(reply.data()["__typename"], "Query");
    }
}

#[tokio::test]
async fn a_body_that_is_no_request_is_refused() {
    let app = TestApp::on_sqlite().await;
    let secret = "s3cret";
    for body in [
        "",
        "{",
        "null",
        "[]",
        r#" [{"query":"{ __typename }"}]"#,
        "{}",
        r#"{"query":""}"#,
        r#"{"query":"s3cret","variables":"s3cret"}"#,
        r#"{"query":["s3cret"]}"#,
        r#"{"query":"{ __typename }","variables":["s3cret"]}"#,
        "\u{feff}{}",
    ] {
        let reply = post(&app, &[("content-type", "application/json")], body).await;
        assert_refused(&reply, StatusCode::BAD_REQUEST, "VALIDATION_ERROR");
        assert!(
            !reply.body.to_string().contains(secret),
            "{body} is repeated"
        );
    }
    let deep = format!(
        r#"{{"query":"{{ __typename }}","variables":{{"a":{}"#,
        "[".repeat(5_000)
    );
    let reply = post(&app, &[("content-type", "application/json")], &deep).await;
    assert_refused(&reply, StatusCode::BAD_REQUEST, "VALIDATION_ERROR");
}

#[tokio::test]
async fn empty_members_are_as_good_as_none() {
    let app = TestApp::on_sqlite().await;
    let body = json!({
        "query": "{ __typename }", "operationName": "", "variables": null, "extensions": null, "more": [1],
    });
    let reply = post_json(&app, GRAPHQL_RESPONSE, body).await;
    assert_eq!(reply.data()["__typename"], "Query");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let app = TestApp::on_sqlite().await;
    let query = format!("{{ __typename }} #{}", "x".repeat(300_000));
    let reply = post_json(&app, "*/*", json!({ "query": query })).await;
    assert_refused(&reply, StatusCode::PAYLOAD_TOO_LARGE, "VALIDATION_ERROR");

    // Also when it does not say how long it is.
    let endless = futures_util::stream::repeat_with(|| {
        Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 100_000]))
    });
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(endless))
        .unwrap();
    let reply = app.send(request).await;
    assert_refused(&reply, StatusCode::PAYLOAD_TOO_LARGE, "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_stopped() {
    let app = TestApp::on_sqlite_with(&[("--request-timeout-ms", "50")]).await;
    let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(never))
        .unwrap();
    // The client's fault, so not the status of what takes the server too long.
    let reply = app.send(request).await;
    assert_refused(&reply, StatusCode::REQUEST_TIMEOUT, "TIMEOUT");
}

#[tokio::test]
async fn variables_are_checked_the_same_every_time() {
    let app = TestApp::on_sqlite().await;
    let document = "query($a: Boolean!) { __typename b: __schema @skip(if: $a) { description } }";
    for _ in 0..2 {
        for (variables, field) in [
            (json!({}), "variables.a"),
            (json!({ "a": null }), "variables.a"),
            (json!({ "a": "true" }), "variables.a"),
        ] {
            let reply = app.gql(document, variables).await;
            assert_refused(&reply, StatusCode::OK, "VALIDATION_ERROR");
            let detail = &reply.body["errors"][0]["extensions"]["details"][0];
            assert_eq!(detail["field"], field);
        }
        let reply = app.gql(document, json!({ "a": false })).await;
        assert_eq!(reply.data()["__typename"], "Query");
    }
}

#[tokio::test]
async fn paths_that_do_not_exist_answer_in_the_envelope() {
    let app = TestApp::on_sqlite().await;
    for path in ["/nonsense", "/graphql/more", "/health/"] {
        let reply = app.send(request(Method::GET, path, &[], "")).await;
        assert_refused(&reply, StatusCode::NOT_FOUND, "NOT_FOUND");
    }
    let home = app.send(request(Method::GET, "/", &[], "")).await;
    assert_eq!(home.header("location"), Some("/graphiql"));

    let app = TestApp::on_sqlite_with(&[("--tradewind-env", "production")]).await;
    let home = app.send(request(Method::GET, "/", &[], "")).await;
    assert_refused(&home, StatusCode::NOT_FOUND, "NOT_FOUND");
}

#[tokio::test]
async fn the_schema_is_hidden_in_production() {
    let app = TestApp::on_sqlite_with(&[("--tradewind-env", "production")]).await;
    for document in [
        "{ __schema { types { name } } }",
        r#"{ ...F } fragment F on Query { a: __type(name: "Query") { name } }"#,
    ] {
        assert_refused(
            &app.gql(document, json!({})).await,
            StatusCode::OK,
            "VALIDATION_ERROR",
        );
    }
    let reply = app.gql("{ __typenam }", json!({})).await;
    assert!(
        !reply.body.to_string().contains("Did you mean"),
        "{}",
        reply.body
    );
}
