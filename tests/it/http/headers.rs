//! What every answer carries in its headers.

use crate::support::{Reply, TestApp};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn every_request_has_an_id() {
    let app = TestApp::on_sqlite().await;
    let id = async |headers: &[(&str, &str)]| {
        let reply = get(&app, "/health", headers).await;
        reply.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id(&[("x-request-id", "abc-123")]).await, "abc-123");
    let long = "x".repeat(65);
    for unsafe_id in ["", "a b", "<script>", &long] {
        let given = id(&[("x-request-id", unsafe_id)]).await;
        assert_eq!(uuid::Uuid::parse_str(&given).unwrap().get_version_num(), 7);
    }
    assert_ne!(id(&[]).await, id(&[]).await);
}

#[tokio::test]
async fn browsers_may_do_nothing_with_answers() {
    let app = TestApp::on_sqlite().await;
    for path in [
        "/health",
        "/graphql?query={__typename}",
        "/nonsense",
        "/metrics",
    ] {
        let reply = get(&app, path, &[]).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{path} {name}");
        }
    }
}

#[tokio::test]
async fn no_other_origin_is_allowed_by_default() {
    let app = TestApp::on_sqlite().await;
    let reply = get(&app, "/health", &[("origin", "https://shop.example")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn origins_are_allowed_by_name() {
    let origins = "https://shop.example,http://localhost:3000";
    let app = TestApp::on_sqlite_with(&[("--cors-allowed-origins", origins)]).await;
    let preflight = async |origin: &str| {
        let request = Request::options("/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "content-type,authorization",
            )
            .body(Body::empty())
            .unwrap();
        app.send(request).await
    };
    let reply = preflight("http://localhost:3000").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(
        reply.header("access-control-allow-origin"),
        Some("http://localhost:3000")
    );
    assert_eq!(
        reply.header("access-control-allow-methods"),
        Some("GET,POST")
    );
    let allowed = reply.header("access-control-allow-headers").unwrap();
    for header in ["content-type", "authorization", "idempotency-key"] {
        assert!(allowed.contains(header), "{allowed}");
    }
    assert_eq!(reply.header("access-control-allow-credentials"), None);

    let foreign = preflight("https://evil.example").await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);

    let reply = get(&app, "/health", &[("origin", "https://shop.example")]).await;
    let exposed = reply.header("access-control-expose-headers").unwrap();
    assert!(exposed.contains("x-request-id"), "{exposed}");
}

#[tokio::test]
async fn any_origin_can_be_allowed() {
    let app = TestApp::on_sqlite_with(&[("--cors-allowed-origins", "*")]).await;
    let reply = get(&app, "/health", &[("origin", "https://shop.example")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn timings_are_for_developers() {
    let app = TestApp::on_sqlite().await;
    let reply = get(&app, "/health/ready", &[]).await;
    let timing = reply.header("server-timing").unwrap();
    let (total, database) = timing.split_once(", ").unwrap();
    let milliseconds = |metric: &str| -> f64 {
        let (_, duration) = metric.split_once(";dur=").unwrap();
        duration.split(';').next().unwrap().parse().unwrap()
    };
    assert!(
        total.starts_with("total;dur=") && milliseconds(total) > 0.0,
        "{timing}"
    );
    assert!(database.starts_with("db;dur="), "{timing}");
    assert!(milliseconds(database) <= milliseconds(total), "{timing}");
    assert!(reply.statements > 0 && !reply.database_time.is_zero());
    let statements = format!(";desc=\"{} statements\"", reply.statements);
    assert!(database.ends_with(&statements), "{timing}");

    let app = TestApp::on_sqlite_with(&[("--tradewind-env", "production")]).await;
    assert_eq!(
        get(&app, "/health", &[]).await.header("server-timing"),
        None
    );
}

#[tokio::test]
async fn long_answers_are_compressed() {
    let app = TestApp::on_sqlite().await;
    let long = "/graphql?query={__schema{types{name%20description%20fields{name%20description}}}}";
    for encoding in ["gzip", "zstd"] {
        let reply = get(&app, long, &[("accept-encoding", encoding)]).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.header("content-encoding"), Some(encoding));
    }
    assert_eq!(get(&app, long, &[]).await.header("content-encoding"), None);
    let short = get(&app, "/health", &[("accept-encoding", "gzip")]).await;
    assert_eq!(short.header("content-encoding"), None);
}
