//! What it costs to index products in the transaction that changes them, and what by an event: figures, not a test.
//!
//! `DATABASE_URL=… cargo test --lib measure_search -- --ignored --nocapture`, on an empty database, which is filled.

use super::search_index;
use crate::{
    app::App,
    error::{Error, Result},
    jobs::{Attempt, Registry, Worker},
    outbox::{self, Delivered, Event, Subscriber, Subscriptions},
    platform::{config::Settings, database::lists, migrations},
    seed,
};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

const WRITERS: usize = 16;
const EACH: usize = 25;

#[derive(Deserialize, Serialize)]
struct Changed(ProductId);

impl Event for Changed {
    const NAME: &'static str = "measure.product_changed";
    const AGGREGATE: &'static str = "product";

    fn aggregate_id(&self) -> Uuid {
        self.0.0
    }
}

struct Index;

impl Subscriber for Index {
    const NAME: &'static str = "measure.index";
    type Event = Changed;

    async fn receive(changed: &Delivered<Changed>, attempt: &Attempt) -> Result<()> {
        attempt
            .transaction(async |tx| {
                search_index::refresh(tx, &[changed.event.0]).await?;
                attempt.finish(tx).await
            })
            .await
    }
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Inline,
    Event,
}

async fn change(app: &App, way: Way, products: &[ProductId]) -> Result<()> {
    let backend = app.database.backend();
    let sql = format!(
        "UPDATE product SET description = description || ' new', version = version + 1 WHERE id {}",
        lists::among_ids(backend)
    );
    app.transaction(async |tx| {
        let ids = [lists::of_ids(backend, products)];
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, ids))
            .await?;
        match way {
            Way::Inline => search_index::refresh(tx, products).await,
            Way::Event => {
                let events: Vec<_> = products.iter().copied().map(Changed).collect();
                outbox::emit(tx, &events).await
            }
        }
    })
    .await
}

/// Has all writers change `at_once` products per transaction, each its own, and prints what that took.
async fn measure(app: &App, way: Way, products: &[ProductId], at_once: usize) {
    let (times, tasks) = (tokio::sync::mpsc::unbounded_channel(), TaskTracker::new());
    let began = Instant::now();
    for products in products.chunks(products.len() / WRITERS) {
        let (app, products, times) = (app.clone(), products.to_vec(), times.0.clone());
        tasks.spawn(async move {
            for group in products.chunks_exact(at_once).cycle().take(EACH) {
                let began = Instant::now();
                while let Err(error) = change(&app, way, group).await {
                    assert!(
                        matches!(error, Error::Unavailable | Error::Contended),
                        "{error:?}"
                    );
                    println!("  once more: {error}");
                }
                times.send(began.elapsed()).unwrap();
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    let elapsed = began.elapsed();
    let subscriptions = Subscriptions::default().with::<Index>();
    outbox::settle(app, &subscriptions).await.unwrap();
    let settled = began.elapsed();
    drop(times.0);
    let mut received = times.1;
    let mut all = Vec::new();
    while let Some(time) = received.recv().await {
        all.push(time);
    }
    all.sort_unstable();
    println!(
        "{way:?}, {at_once} at once: {} products/s, p50 {:.1?}, p99 {:.1?}; all are found {:.2?} after the last",
        all.len() as u128 * at_once as u128 * 1_000 / elapsed.as_millis(),
        all[all.len() / 2],
        all[all.len() * 99 / 100],
        settled.saturating_sub(elapsed),
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn by_event_or_inline() {
    let settings = Settings::defaults();
    migrations::up(&settings, None).await.unwrap();
    let app = App::from_settings(settings).await.unwrap();
    seed::bench(&app, 1, || {}).await.unwrap();
    let sql = "SELECT id FROM product WHERE deleted_at IS NULL ORDER BY id LIMIT 1600";
    let statement = Statement::from_string(app.database.backend(), sql);
    let rows = app.database.write().query_all_raw(statement).await.unwrap();
    let products: Vec<ProductId> = rows
        .iter()
        .map(|row| row.try_get("", "id").unwrap())
        .collect();
    let subscriptions = Subscriptions::default().with::<Index>();
    let worker = Worker::start(app.clone(), subscriptions.register(Registry::default()));
    let (stop, relay) = (CancellationToken::new(), TaskTracker::new());
    relay.spawn(outbox::relay::run(app.clone(), subscriptions, stop.clone()));
    for _ in 0..2 {
        for way in [Way::Inline, Way::Event] {
            for at_once in [1, 20] {
                measure(&app, way, &products, at_once).await;
            }
        }
    }
    stop.cancel();
    worker.stop(Duration::from_secs(5)).await;
}
