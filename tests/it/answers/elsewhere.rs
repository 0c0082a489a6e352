//! What other processes write.

use super::shop::Shop;
use crate::support::TestApp;
use serde_json::{Value, json};
use std::{
    process::Command,
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tradewind::{outbox::relay, purging, worker::subscriptions};

const PRICES: &str =
    "{ products { nodes { name priceRange { min { amount } } seller { name } } } }";

/// What runs beside requests in a process that serves: hearing of others, and handing events on.
struct Beside(CancellationToken, TaskTracker);

impl Beside {
    fn start(apps: &[&TestApp]) -> Self {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        for app in apps {
            let app = app.app.clone();
            tasks.spawn({
                let (app, stop) = (app.clone(), stop.clone());
                async move { app.wakes.relay(&app.database, &stop).await }
            });
            tasks.spawn(purging::run(app.clone(), stop.clone()));
            tasks.spawn(relay::run(app, subscriptions(), stop.clone()));
        }
        tasks.close();
        Self(stop, tasks)
    }

    async fn stop(self) {
        self.0.cancel();
        self.1.wait().await;
    }
}

/// Asks until the answer is `expected`; fails the test when that takes half a minute.
async fn becomes(app: &TestApp, pointer: &str, expected: &Value) {
    let began = Instant::now();
    loop {
        let reply = app.gql(PRICES, json!({})).await;
        let found = reply.data().pointer(pointer).cloned().unwrap_or_default();
        if found == *expected {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{found} does not become {expected}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until the answer is kept, which it is not while news of what was written before still comes in.
async fn is_kept(app: &TestApp) {
    let began = Instant::now();
    let mut in_a_row = 0;
    while in_a_row < 30 {
        let reply = app.gql(PRICES, json!({})).await;
        in_a_row = if reply.statements == 0 {
            in_a_row + 1
        } else {
            0
        };
        assert!(began.elapsed() < Duration::from_secs(30), "it is not kept");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

on_both_databases! {
    async fn reaches_whoever_keeps_what_it_was(app: TestApp) {
        let one = app.caching().await;
        let flags = [("--graphql-answers-bytes", "1000000"), ("--entities-kept", "100")];
        let other = TestApp::on_database(one.database.again(), &flags).await;
        let beside = Beside::start(&[&one, &other]);
        let shop = Shop::open(&one, "quay").await;
        let mut mug = shop.sells(&one, "Mug", "5").await;
        becomes(&other, "/products/nodes/0/name", &json!("Mug")).await;
        is_kept(&other).await;
        mug = shop.reprices(&one, &mug, "7").await;
        becomes(&other, "/products/nodes/0/priceRange/min/amount", &json!("7.00")).await;
        // And the other way round.
        is_kept(&one).await;
        shop.reprices(&other, &mug, "9").await;
        becomes(&one, "/products/nodes/0/priceRange/min/amount", &json!("9.00")).await;
        beside.stop().await;
    }

    async fn reaches_from_the_command_line(app: TestApp) {
        let app = app.caching().await;
        let beside = Beside::start(&[&app]);
        becomes(&app, "/products/nodes", &json!([])).await;
        is_kept(&app).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("products.csv");
        for (price, expected) in [("5", "5.00"), ("6.5", "6.50")] {
            let rows = format!("Handle,Title,Vendor,Published,Variant Price\nmug,Mug,Quay,TRUE,{price}\n");
            std::fs::write(&file, rows).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_tradewind"))
                .args(["import", "shopify"])
                .arg(&file)
                .env("DATABASE_URL", &app.database.url)
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            becomes(&app, "/products/nodes/0/priceRange/min/amount", &json!(expected)).await;
            is_kept(&app).await;
        }
        beside.stop().await;
    }
}
