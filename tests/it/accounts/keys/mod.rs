//! Keys with which programs act as people.

mod life;
mod limits;
pub(in crate::accounts) mod secrets;
mod standing;
mod use_noted;

use super::EMAIL;
use crate::support::{Reply, TestApp, gql_request};
use axum::http::{HeaderValue, header};
use serde_json::{Value, json};
use tradewind::caller::Actor;

const CREATE: &str = "mutation ($input: ApiKeyCreateInput!) { done: apiKeyCreate(input: $input) {
    apiKey { id name prefix scopes createdAt expiresAt lastUsedAt revokedAt } secret userErrors { code field message } } }";
const REVOKE: &str = "mutation ($input: ApiKeyRevokeInput!) { done: apiKeyRevoke(input: $input) {
    apiKey { id revokedAt } userErrors { code field message } } }";
const KEYS: &str = "{ viewer { apiKeys { totalCount nodes { id name prefix scopes lastUsedAt expiresAt revokedAt } } } }";
const SHOPS: &str = "{ sellers(first: 1) { nodes { id } } }";

/// A key that was made.
struct Made {
    id: String,
    prefix: String,
    secret: String,
}

impl TestApp {
    async fn make_key(&self, actor: Actor, scopes: &[&str]) -> Made {
        let input = json!({ "name": "Till", "scopes": scopes });
        let reply = self.mutate(actor, CREATE, input).await;
        let made = reply.done();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Made {
            id: text(&made["apiKey"]["id"]),
            prefix: text(&made["apiKey"]["prefix"]),
            secret: text(&made["secret"]),
        }
    }

    /// Runs `document` as the bearer of a key.
    async fn gql_by_key(&self, key: &str, document: &str) -> Reply {
        let mut request = gql_request(Actor::Anonymous, document, &json!({}));
        let bearer = HeaderValue::from_str(&format!("Bearer {key}")).unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        self.send(request).await
    }

    /// The status of a query that the key is good for.
    async fn status_by_key(&self, key: &str) -> u16 {
        let reply = self.gql_by_key(key, SHOPS).await;
        if reply.status == 401 {
            assert_eq!(reply.error_code(), "UNAUTHENTICATED");
            assert!(reply.header("www-authenticate").is_some());
        } else {
            reply.data();
        }
        reply.status.as_u16()
    }
}
