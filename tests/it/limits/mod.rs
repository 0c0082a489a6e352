//! Limits and throttles: shared by Redis, and held without it.

mod shared;
mod without_redis;

use crate::support::{Reply, TestApp, TestDatabase, gql_request};
use axum::{body::Body, extract::ConnectInfo, http::Request};
use serde_json::json;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use tradewind::{caller::Actor, error::Error, platform::rate_limits::Limit};
use uuid::Uuid;

const CREATE: &str = "mutation($email: String!, $password: String!) {
    sessionCreate(input: { email: $email, password: $password, kind: APP }) { accessToken userErrors { code } } }";

/// A server of its own that shares what is at `redis`.
async fn instance(redis: &str) -> TestApp {
    TestApp::on_database(TestDatabase::sqlite().await, &[("--redis-url", redis)]).await
}

/// A key that no other test has, nor this one when it runs again.
fn some_key() -> String {
    Uuid::now_v7().to_string()
}

/// An address in a network that no other test has.
fn some_address() -> IpAddr {
    let random = Uuid::new_v4().as_u128();
    IpAddr::V6(Ipv6Addr::from_bits(random))
}

impl TestApp {
    /// Spends one, and says whether there was one. Nothing else may come of it.
    async fn may(&self, limit: Limit, key: &str) -> bool {
        match self.app.rate_limits.spend(limit, key, 1).await {
            Ok(()) => true,
            Err(Error::RateLimited { .. }) => false,
            Err(error) => panic!("{error}"),
        }
    }

    /// How many of so many may be spent.
    async fn let_through(&self, limit: Limit, key: &str, tries: usize) -> usize {
        let mut passed = 0;
        for _ in 0..tries {
            passed += usize::from(self.may(limit, key).await);
        }
        passed
    }

    async fn has_to_wait(&self, key: &str) -> bool {
        let wait = self.app.password_failures.wait(key, self.app.clock.now());
        wait.await.unwrap().is_some()
    }

    async fn fail(&self, key: &str, times: usize) {
        for _ in 0..times {
            let failures = &self.app.password_failures;
            failures.failed(key, self.app.clock.now()).await.unwrap();
        }
    }

    async fn succeed(&self, key: &str) {
        let failures = &self.app.password_failures;
        failures.succeeded(key, self.app.clock.now()).await.unwrap();
    }

    async fn try_to_sign_in(&self, address: IpAddr, email: &str, password: &str) -> Reply {
        let variables = json!({ "email": email, "password": password });
        let mut request = gql_request(Actor::Anonymous, CREATE, &variables);
        let peer = SocketAddr::new(address, 4_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.send(request).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// How often processes of this test answered by themselves for this limit.
    async fn counted_alone(&self, limit: &str) -> u64 {
        let metrics = self.get("/metrics").await.body;
        let name = format!("limits_counted_alone_total{{limit=\"{limit}\"}} ");
        let mut lines = metrics.as_str().unwrap().lines();
        let count = lines.find_map(|line| line.strip_prefix(&name));
        count.map_or(0, |count| count.parse().unwrap())
    }

    /// Waits until Redis answers this server, or does not any more.
    async fn until_redis_answers(&self, answers: bool) {
        for _ in 0..600 {
            let ready = self.get("/health/ready").await;
            assert_eq!(ready.body["status"], "ready");
            if ready.body["notices"].is_null() == answers {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("Redis answers: {}", !answers);
    }
}
