//! What it costs to refresh ratings in the transaction of a review, and what by an event: figures, not a test.
//!
//! `DATABASE_URL=… cargo test --lib measure_ratings -- --ignored --nocapture`, on an empty database, which is filled.

use super::{
    ReviewCreate,
    events::{ProductReviewed, RefreshRatings},
    invariants, ratings,
    review_create_many::insert,
};
use crate::{
    accounts::account_create_many,
    app::App,
    error::{Error, Result},
    jobs::{Registry, Worker},
    outbox::{self, Subscriptions},
    platform::{config::Settings, migrations},
    seed,
};
use entity::ids::{AccountId, ProductId, SellerId};
use sea_orm::{ConnectionTrait, Statement};
use std::time::{Duration, Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

const WRITERS: usize = 16;
const EACH: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Inline,
    Event,
}

/// The products of one shop.
async fn one_shop(app: &App) -> (SellerId, Vec<ProductId>) {
    let sql = "SELECT id, seller_id FROM product WHERE seller_id = (SELECT min(seller_id) FROM product) ORDER BY id";
    let sql = match app.database.backend() {
        sea_orm::DbBackend::Postgres => sql.replace(
            "min(seller_id) FROM product",
            "id FROM seller ORDER BY id LIMIT 1",
        ),
        _ => sql.to_owned(),
    };
    let statement = Statement::from_string(app.database.backend(), sql);
    let rows = app.database.write().query_all_raw(statement).await.unwrap();
    let seller = rows[0].try_get("", "seller_id").unwrap();
    let products = rows.iter().map(|row| row.try_get("", "id").unwrap());
    (seller, products.collect())
}

async fn write(
    app: &App,
    way: Way,
    seller: SellerId,
    product: ProductId,
    author: AccountId,
) -> Result<()> {
    let review = ReviewCreate {
        product,
        seller,
        author,
        rating: 4,
        title: "Sound".to_owned(),
        body: "It does what it says.".to_owned(),
        written: app.clock.now(),
    };
    app.transaction(async |tx| {
        insert(tx, vec![review]).await?;
        match way {
            Way::Inline => ratings::refresh(tx, &[product]).await.map(|_| ()),
            Way::Event => {
                let event = ProductReviewed {
                    product_id: product,
                    seller_id: seller,
                };
                outbox::emit_one(tx, &event).await
            }
        }
    })
    .await
}

/// Has all writers write, and prints what that took.
async fn measure(app: &App, way: Way, seller: SellerId, products: &[ProductId]) {
    let names: Vec<_> = (0..WRITERS * EACH)
        .map(|number| format!("P{number}"))
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let make = async |tx: &_| account_create_many(tx, &names, app.clock.now()).await;
    let authors = app.transaction(make).await.unwrap();
    let (times, tasks) = (tokio::sync::mpsc::unbounded_channel(), TaskTracker::new());
    let began = Instant::now();
    for writer in 0..WRITERS {
        let (app, products, times) = (app.clone(), products.to_vec(), times.0.clone());
        let authors = authors[writer * EACH..(writer + 1) * EACH].to_vec();
        tasks.spawn(async move {
            for (turn, author) in authors.into_iter().enumerate() {
                let (product, began) = (
                    products[(writer * 7 + turn) % products.len()],
                    Instant::now(),
                );
                while let Err(error) = write(&app, way, seller, product, author).await {
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
    outbox::settle(app, &Subscriptions::default().with::<RefreshRatings>())
        .await
        .unwrap();
    let settled = began.elapsed();
    drop(times.0);
    let mut received = times.1;
    let mut all = Vec::new();
    while let Some(time) = received.recv().await {
        all.push(time);
    }
    all.sort_unstable();
    println!(
        "{way:?}: {} reviews/s, p50 {:.1?}, p99 {:.1?}; all ratings right {:.2?} after the last",
        all.len() as u128 * 1_000 / elapsed.as_millis(),
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
    let (seller, products) = one_shop(&app).await;
    let subscriptions = Subscriptions::default().with::<RefreshRatings>();
    let worker = Worker::start(app.clone(), subscriptions.register(Registry::default()));
    let (stop, relay) = (CancellationToken::new(), TaskTracker::new());
    relay.spawn(outbox::relay::run(app.clone(), subscriptions, stop.clone()));
    for _ in 0..3 {
        for way in [Way::Inline, Way::Event] {
            measure(&app, way, seller, &products).await;
        }
    }
    stop.cancel();
    worker.stop(Duration::from_secs(5)).await;
    let db = app.database.write();
    assert_eq!(invariants::product_ratings(db).await.unwrap(), [""; 0]);
    assert_eq!(invariants::seller_ratings(db).await.unwrap(), [""; 0]);
}
