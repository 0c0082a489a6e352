//! What a server in production tells nobody, and does for no other page.

use super::catalogue::nested;
use crate::support::{Reply, TestApp};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;

async fn production() -> TestApp {
    TestApp::on_sqlite_with(&[("--tradewind-env", "production")]).await
}

async fn send(
    app: &TestApp,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Reply {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

#[tokio::test]
async fn the_schema_is_not_told() {
    let app = production().await;
    let circle = nested("fields { type {", " name ", "} }", 2);
    for document in [
        "{ __schema { types { name } } }".to_owned(),
        "{ __type(name: \"Query\") { fields { name } } }".to_owned(),
        format!("{{ __schema {{ types {{ {circle} }} }} }}"),
        "{ a: __schema { description } }".to_owned(),
        "{ ...F } fragment F on Query { ... { __schema { description } } }".to_owned(),
        "query A { __typename } query B { __schema { description } }".to_owned(),
    ] {
        let body = json!({ "query": document, "operationName": document.contains("query A").then_some("A") });
        let headers = [("content-type", "application/json")];
        let reply = send(&app, Method::POST, "/graphql", &headers, &body.to_string()).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{document}");
        assert!(reply.body["data"].is_null(), "{document}");
    }
    // What an object is called is told wherever it is asked.
    assert_eq!(
        app.gql("{ __typename }", json!({})).await.data()["__typename"],
        "Query"
    );
}

#[tokio::test]
async fn names_are_not_suggested() {
    let app = production().await;
    for document in [
        "{ product { id } }",
        "{ produkts { nodes { id } } }",
        "{ products(frist: 1) { nodes { id } } }",
        "query($a: ProductFiltre) { products(filter: $a) { totalCount } }",
        "{ ... on Produkt { id } }",
        "{ products(sort: PRIZE) { totalCount } }",
        "mutation { sessionCreat(input: {}) { accessToken } }",
    ] {
        let text = app.gql(document, json!({})).await.body.to_string();
        assert!(
            !text.to_lowercase().contains("did you mean"),
            "{document}: {text}"
        );
        for secret in ["products", "sessionCreate\"", "ProductFilter\""] {
            let is_asked = document.contains(secret.trim_end_matches('"'));
            assert!(is_asked || !text.contains(secret), "{document}: {text}");
        }
    }
}

#[tokio::test]
async fn nothing_else_is_told_either() {
    let app = production().await;
    let reply = app.gql("qwerty", json!({})).await;
    assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    let body = json!({ "query": "{ __typename }", "extensions": { "tracing": true } });
    let headers = [("content-type", "application/json")];
    let reply = send(&app, Method::POST, "/graphql", &headers, &body.to_string()).await;
    assert_eq!(
        reply
            .body
            .get("extensions")
            .and_then(|all| all.get("tracing")),
        None
    );
    assert!(reply.header("server-timing").is_none());
    let browser = [("accept", "text/html")];
    for path in [
        "/",
        "/graphiql",
        "/graphiql/assets/a.js",
        "/playground",
        "/altair",
    ] {
        let reply = send(&app, Method::GET, path, &browser, "").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
    let reply = send(
        &app,
        Method::GET,
        "/graphql?query=%7B__typename%7D",
        &browser,
        "",
    )
    .await;
    assert_eq!(reply.status, StatusCode::NOT_ACCEPTABLE);
}

/// What any page can have a browser send without asking first is refused before it is read.
#[tokio::test]
async fn no_other_page_makes_a_browser_change_anything() {
    let app = production().await;
    let mutation = "mutation{sessionEnd{userErrors{code}}}";
    let body = json!({ "query": mutation }).to_string();
    let form = format!("query={mutation}");
    for (content_type, body) in [
        ("text/plain", &body),
        ("application/x-www-form-urlencoded", &body),
        ("application/x-www-form-urlencoded", &form),
        ("multipart/form-data; boundary=x", &body),
        ("text/plain;application/json", &body),
        ("", &body),
    ] {
        let headers = [
            ("content-type", content_type),
            ("origin", "https://evil.example"),
        ];
        let reply = send(&app, Method::POST, "/graphql", &headers, body).await;
        assert_eq!(
            reply.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
    }
    let uri = "/graphql?query=mutation%7BsessionEnd%7BuserErrors%7Bcode%7D%7D%7D";
    let reply = send(&app, Method::GET, uri, &[], "").await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    let preflight = [
        ("origin", "https://evil.example"),
        ("access-control-request-method", "POST"),
    ];
    let reply = send(&app, Method::OPTIONS, "/graphql", &preflight, "").await;
    assert!(reply.header("access-control-allow-origin").is_none());
}
