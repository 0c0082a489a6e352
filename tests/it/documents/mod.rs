//! Documents that are named rather than sent: automatic persisted queries and trusted documents; and what is counted of
//! operations.

mod automatic;
mod check;
mod operations;
mod shared;
mod trusted;
mod watched;

use crate::support::{Reply, TestApp};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// The hash of a document, as clients write it.
pub fn hash(document: &str) -> String {
    let digest = Sha256::digest(document);
    let mut digits = String::new();
    for byte in digest {
        digits.push_str(&format!("{byte:02x}"));
    }
    digits
}

/// The extension of Apollo's protocol.
pub fn persisted(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

impl TestApp {
    /// Sends `body` by POST.
    async fn post_as(&self, accept: &str, body: &Value) -> Reply {
        let request = Request::post("/graphql")
            .header("content-type", JSON)
            .header("accept", accept)
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    async fn post(&self, body: Value) -> Reply {
        self.post_as(JSON, &body).await
    }

    /// Sends these parameters by GET.
    async fn get_as(&self, accept: &str, parameters: &[(&str, &str)]) -> Reply {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("/graphql?{query}"))
            .header("accept", accept)
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    async fn metrics(&self) -> String {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        let reply = self.send(request).await;
        reply.body.as_str().unwrap().to_owned()
    }
}
