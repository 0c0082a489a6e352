//! Signing in with an account elsewhere.

mod binding;
mod linking;
mod outages;
mod provider;
mod tokens;
mod unlinking;

use super::EMAIL;
use crate::support::{Reply, TestApp, gql_request};
use axum::{
    body::Body,
    http::{HeaderValue, Request, header},
};
use provider::{CLIENT, Provider, SECRET};
use serde_json::{Value, json};
use std::collections::HashMap;
use tradewind::caller::Actor;
use url::Url;

const IDENTITIES: &str = "SELECT count(*) FROM oidc_identity";
const ACCOUNTS: &str = "SELECT count(*) FROM account";
const SESSIONS: &str = "SELECT count(*) FROM session";

/// A server whose people may sign in with a provider.
struct Shop {
    app: TestApp,
    provider: Provider,
}

/// Where a browser is sent, and what it is to keep.
#[derive(Debug)]
struct Sent {
    page: Url,
    cookie: Option<String>,
}

impl Sent {
    #[track_caller]
    fn of(reply: &Reply) -> Self {
        assert_eq!(reply.status, 302, "{:#}", reply.body);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let cookie = reply.header("set-cookie").map(|cookie| {
            assert!(cookie.contains("; HttpOnly"), "{cookie}");
            cookie.split(';').next().unwrap().to_owned()
        });
        Self {
            page: Url::parse(reply.header("location").unwrap()).unwrap(),
            cookie,
        }
    }

    fn part(&self, name: &str) -> Option<String> {
        let mut parts = self.page.query_pairs();
        parts
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    }

    /// What keeps the person from being signed in; fails the test when nothing does.
    #[track_caller]
    fn refusal(&self) -> String {
        assert_eq!(self.cookie, None, "nobody is signed in");
        assert_eq!(self.page.host_str(), Some("localhost"));
        self.part("error").unwrap_or_else(|| panic!("{self:?}"))
    }
}

impl Shop {
    /// The server on the test's database, with the provider called "acme", and another of the same kind.
    async fn open(app: TestApp) -> Self {
        Self::with(app, Provider::start().await).await
    }

    async fn with(app: TestApp, provider: Provider) -> Self {
        let other = "http://127.0.0.1:1";
        let providers = json!([
            { "name": "acme", "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET },
            { "name": "other", "issuer": other, "client_id": CLIENT, "client_secret": SECRET },
        ]);
        let flags = [("--oidc-providers", &*providers.to_string())];
        let app = TestApp::on_database(app.database, &flags).await;
        Self { app, provider }
    }

    async fn get(&self, path: &str, cookie: Option<&str>) -> Reply {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        if let Some(cookie) = cookie {
            let cookie = HeaderValue::from_str(cookie).unwrap();
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        self.app.send(request).await
    }

    /// Begins, on the way to `path`.
    async fn begin(&self, path: &str) -> Sent {
        let path = format!("/api/v1/oidc/acme/start?return_to={path}");
        Sent::of(&self.get(&path, None).await)
    }

    /// Comes back from the provider with these.
    async fn come_back(&self, query: &[(&str, &str)], cookie: Option<&str>) -> Sent {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(query)
            .finish();
        let path = format!("/api/v1/oidc/acme/callback?{query}");
        Sent::of(&self.get(&path, cookie).await)
    }

    /// The whole way.
    async fn sign_in(&self) -> Sent {
        let begun = self.begin("/account?tab=1").await;
        let code = self.provider.agree(&begun.page);
        let state = begun.part("state").unwrap();
        let answer = [("code", &*code), ("state", &*state)];
        self.come_back(&answer, begun.cookie.as_deref()).await
    }

    /// The address of whoever holds the refresh token that came with `sent`.
    async fn whose(&self, sent: &Sent) -> Value {
        let cookie = sent.cookie.as_deref().unwrap_or_else(|| panic!("{sent:?}"));
        let document = "mutation { sessionRefresh { accessToken } }";
        let mut request = gql_request(Actor::Anonymous, document, &json!({}));
        let cookie = HeaderValue::from_str(cookie).unwrap();
        request.headers_mut().insert(header::COOKIE, cookie);
        let reply = self.app.send(request).await;
        let access = reply.data()["sessionRefresh"]["accessToken"].clone();
        let document = "{ viewer { account { id email emailVerified displayName } identities { nodes { id issuer email } } } }";
        let mut request = gql_request(Actor::Anonymous, document, &json!({}));
        let bearer = format!("Bearer {}", access.as_str().unwrap());
        let bearer = HeaderValue::from_str(&bearer).unwrap();
        request.headers_mut().insert(header::AUTHORIZATION, bearer);
        self.app.send(request).await.data()["viewer"].clone()
    }

    async fn count(&self, sql: &str) -> i64 {
        self.app.value(sql).await
    }
}

fn query_of(page: &Url) -> HashMap<String, String> {
    page.query_pairs().into_owned().collect()
}
