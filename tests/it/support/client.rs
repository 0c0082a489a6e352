//! Asking a server, and reading what it says.

use super::TestApp;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
};
use serde_json::{Value, json};
use std::time::Duration;
use tower::ServiceExt;
use tradewind::{caller::Actor, platform::statements::Statements};

/// A server's answer, with what it cost the database.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// The body as JSON; a string where it is not.
    pub body: Value,
    /// How many SQL statements it took.
    pub statements: u32,
    /// The time they took.
    pub database_time: Duration,
}

impl Reply {
    /// The answer's data; fails the test when there are errors.
    #[track_caller]
    pub fn data(&self) -> &Value {
        assert!(
            self.body.get("errors").is_none() && self.body["data"].is_object(),
            "no errors were expected, but the answer is {} {:#}",
            self.status,
            self.body
        );
        &self.body["data"]
    }

    /// The code of the first error; fails the test when there is none.
    #[track_caller]
    pub fn error_code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_else(|| {
                panic!(
                    "an error with a code was expected, but the answer is {} {:#}",
                    self.status, self.body
                )
            })
    }

    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl TestApp {
    /// Runs `document` as any client does: `POSTed` as JSON, through the server's own router.
    pub async fn gql(&self, document: &str, variables: Value) -> Reply {
        self.gql_as(Actor::Anonymous, document, variables).await
    }

    /// The same as someone whom the server takes for `actor`.
    pub async fn gql_as(&self, actor: Actor, document: &str, variables: Value) -> Reply {
        self.send(gql_request(actor, document, &variables)).await
    }

    /// The same with the header `Idempotency-Key`.
    pub async fn gql_keyed(
        &self,
        actor: Actor,
        key: &str,
        document: &str,
        variables: Value,
    ) -> Reply {
        let mut request = gql_request(actor, document, &variables);
        let key = HeaderValue::from_str(key).expect("a header's value");
        request.headers_mut().insert("idempotency-key", key);
        self.send(request).await
    }

    /// Sends any request through the server's own router.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .unwrap_or_else(|never| match never {});
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a body");
        let cost = parts
            .extensions
            .get::<Statements>()
            .copied()
            .unwrap_or_default();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: parsed(&body),
            statements: cost.count,
            database_time: cost.elapsed,
        }
    }
}

/// A document as any client sends it, from someone whom the server takes for `actor`.
pub fn gql_request(actor: Actor, document: &str, variables: &Value) -> Request<Body> {
    let body = json!({ "query": document, "variables": variables });
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .expect("a request");
    // Anyone else says who it is by headers, or is nobody.
    if actor != Actor::Anonymous {
        request.extensions_mut().insert(actor);
    }
    request
}

fn parsed(body: &Bytes) -> Value {
    serde_json::from_slice(body)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).into_owned()))
}
