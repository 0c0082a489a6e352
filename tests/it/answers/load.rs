//! Prices that change while everyone looks: nobody who asks after a change was answered is told what was before it.
//!
//! Some seconds by default; `TRADEWIND_PRICE_SECONDS=60` for a minute.

use super::shop::Shop;
use crate::support::{TestApp, TestDatabase, variable};
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// Ways to the price: a list, a list by price, a product by its id and by its slug, its shop, and any object.
const WAYS: [(&str, &str); 6] = [
    (
        "query ($slug: String!) { products(first: 50) { nodes { slug variants { nodes { price { amount } } } } } product(slug: $slug) { id } }",
        "/products/nodes",
    ),
    (
        "{ products(first: 50, sort: { by: PRICE, direction: DESC }) { nodes { slug priceRange { max { amount } } } } }",
        "/products/nodes",
    ),
    (
        "query ($id: ID!) { product(id: $id) { priceRange { max { amount } } } }",
        "/product",
    ),
    (
        "query ($slug: String!) { product(slug: $slug) { variants { nodes { price { amount } } } } }",
        "/product",
    ),
    (
        "query ($shop: ID!) { seller(id: $shop) { products { nodes { slug priceRange { max { amount } } } } } }",
        "/seller/products/nodes",
    ),
    (
        "query ($id: ID!) { node(id: $id) { ... on Product { priceRange { max { amount } } } } }",
        "/node",
    ),
];

/// What the readers and the writer count.
#[derive(Default)]
struct Tally {
    /// The last price whose change was answered.
    answered: AtomicU64,
    is_over: AtomicBool,
    reads: AtomicU64,
    kept: AtomicU64,
    stale: AtomicU64,
}

fn seconds() -> u64 {
    variable("TRADEWIND_PRICE_SECONDS").map_or(3, |text| text.parse().expect("a number of seconds"))
}

/// The price that an answer tells of the product.
fn price(found: &Value, slug: &Value) -> u64 {
    let product = match found.as_array() {
        Some(nodes) => nodes
            .iter()
            .find(|node| node["slug"] == *slug)
            .expect("the product"),
        None => found,
    };
    let amount = product
        .pointer("/priceRange/max/amount")
        .or_else(|| product.pointer("/variants/nodes/0/price/amount"));
    let amount = amount.and_then(Value::as_str).expect("a price");
    amount.split('.').next().unwrap().parse().unwrap()
}

async fn read(app: &TestApp, way: usize, variables: &Value, tally: &Tally) {
    let (document, pointer) = WAYS[way % WAYS.len()];
    let least = tally.answered.load(Ordering::SeqCst);
    let reply = app.gql(document, variables.clone()).await;
    let found = price(reply.data().pointer(pointer).unwrap(), &variables["slug"]);
    tally.reads.fetch_add(1, Ordering::Relaxed);
    tally
        .kept
        .fetch_add(u64::from(reply.statements == 0), Ordering::Relaxed);
    if found < least {
        tally.stale.fetch_add(1, Ordering::Relaxed);
    }
}

async fn prices_are_never_old(app: TestApp) {
    let app = Arc::new(app.caching().await);
    let shop = Shop::open(&app, "quay").await;
    for number in 0..30 {
        shop.sells(&app, &format!("Cup {number}"), "1").await;
    }
    let mut mug = shop.sells(&app, "Mug", "2").await;
    let variables = json!({ "id": mug["id"], "slug": mug["slug"], "shop": shop.id });
    let tally = Arc::new(Tally::default());
    tally.answered.store(2, Ordering::SeqCst);
    let readers: Vec<_> = (0..12)
        .map(|reader| {
            let (app, tally, variables) = (Arc::clone(&app), Arc::clone(&tally), variables.clone());
            tokio::spawn(async move {
                let mut way = reader;
                while !tally.is_over.load(Ordering::Relaxed) {
                    read(&app, way, &variables, &tally).await;
                    way += 1;
                    // Through no socket, a kept answer waits for nothing: the writer would hardly have its turn.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            })
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(seconds());
    let mut writes = 0;
    while Instant::now() < end {
        let next = tally.answered.load(Ordering::SeqCst) + 1;
        mug = shop.reprices(&app, &mug, &next.to_string()).await;
        tally.answered.store(next, Ordering::SeqCst);
        writes += 1;
        for way in 0..WAYS.len() {
            read(&app, way, &variables, &tally).await;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tally.is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let count = |number: &AtomicU64| number.load(Ordering::Relaxed);
    println!(
        "{:?}: {} reads ({} kept), {writes} writes, {} stale, in {} s",
        app.app.database.backend(),
        count(&tally.reads),
        count(&tally.kept),
        count(&tally.stale),
        seconds()
    );
    assert_eq!(count(&tally.stale), 0);
    assert!(writes > 1 && count(&tally.kept) > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sqlite() {
    prices_are_never_old(TestApp::on_database(TestDatabase::sqlite().await, &[]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    if let Some(app) = TestApp::on_postgres().await {
        prices_are_never_old(app).await;
    }
}
