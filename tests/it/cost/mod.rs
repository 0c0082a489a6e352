//! What documents cost, who pays, and how it is told.

mod answers;
mod buckets;
mod explained;
mod generated;
mod shared;

use crate::support::{Reply, TestApp, TestDatabase, gql_request};
use axum::extract::ConnectInfo;
use serde_json::Value;
use std::net::{IpAddr, SocketAddr};
use tradewind::caller::Actor;

/// A home, and another.
const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

/// Costs 100 points, of which none comes back, and needs no database.
const HUNDRED: &str = "{ __schema { queryType { name } } }";

/// Buckets that hold so much, and are so slow to fill again that no test sees it.
fn slow<'a>(account: &'a str, address: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("--cost-bucket", account),
        ("--cost-restore-per-second", "1"),
        ("--cost-bucket-per-address", address),
        ("--cost-restore-per-second-per-address", "1"),
    ]
}

/// The same server with other settings.
async fn with(app: TestApp, flags: &[(&str, &str)]) -> TestApp {
    let database: TestDatabase = app.database;
    TestApp::on_database(database, flags).await
}

impl TestApp {
    /// Asks from an address, as everyone does who asks over the network.
    async fn ask_from(
        &self,
        address: IpAddr,
        actor: Actor,
        document: &str,
        variables: Value,
    ) -> Reply {
        let mut request = gql_request(actor, document, &variables);
        let peer = SocketAddr::new(address, 4_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        self.send(request).await
    }

    /// The same without signing in.
    async fn ask_at(&self, address: IpAddr, document: &str) -> Reply {
        self.ask_from(address, Actor::Anonymous, document, Value::Null)
            .await
    }
}

impl Reply {
    /// What the answer says of its cost.
    #[track_caller]
    fn cost(&self) -> (u64, u64) {
        let cost = &self.body["extensions"]["cost"];
        let number = |name: &str| {
            let number = cost[name].as_u64();
            number.unwrap_or_else(|| panic!("no cost in {:#}", self.body))
        };
        (number("requested"), number("actual"))
    }

    /// How much is there afterwards.
    #[track_caller]
    fn available(&self) -> u64 {
        let throttle = &self.body["extensions"]["cost"]["throttle"];
        let available = throttle["available"].as_u64();
        available.unwrap_or_else(|| panic!("no bucket in {:#}", self.body))
    }
}
