//! Whether units of their own would sell faster than one total: figures, not a test.
//!
//! `DATABASE_URL=… cargo test --lib measure_hot -- --ignored --nocapture`, on an empty database, which is filled.

use super::{ReserveWish, reservations::stock_reserve};
use crate::{
    app::App,
    error::{Error, Result},
    platform::{config::Settings, migrations},
};
use chrono::TimeDelta;
use entity::ids::VariantId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::{Duration, Instant};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

const CLIENTS: usize = 64;
const EACH: usize = 25;

/// How units are taken.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// A reservation, and the total by a conditional UPDATE, as the server does; and nothing else in the transaction.
    Total,
    /// A reservation, and a row of the unit's own that nobody else holds.
    Units,
    /// The room's own function, with its events.
    Room,
}

async fn run(app: &App, sql: &str) -> Result<()> {
    app.database.write().execute_unprepared(sql).await?;
    Ok(())
}

/// One unit, reserved; `slow` is what else a checkout does after it.
async fn reserve(app: &App, variant: VariantId, way: Way, slow: Duration) -> Result<()> {
    let (holder, now) = (Uuid::now_v7(), app.clock.now());
    app.transaction(async |tx| {
        if let Way::Room = way {
            let wish = ReserveWish {
                variant,
                quantity: 1,
            };
            let until = now + TimeDelta::minutes(15);
            assert!(
                stock_reserve(tx, holder, &[wish], until, now)
                    .await?
                    .is_empty()
            );
            tokio::time::sleep(slow).await;
            return Ok(());
        }
        let take = match way {
            Way::Total => {
                "UPDATE stock SET reserved = reserved + 1 WHERE variant_id = $1 AND on_hand - reserved >= 1"
            }
            _ => {
                "UPDATE stock_unit SET holder_id = $2 WHERE id = (SELECT id FROM stock_unit \
                 WHERE variant_id = $1 AND holder_id IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)"
            }
        };
        let note = "INSERT INTO stock_reservation (id, seller_id, variant_id, holder_id, quantity, counted, state, expires_at, created_at, \
             updated_at) SELECT $2, seller_id, variant_id, $2, 1, true, 'LIVE', now(), now(), now() FROM stock WHERE variant_id = $1";
        let ids: [sea_orm::Value; 2] = [variant.0.into(), holder.into()];
        let bound = match way {
            Way::Total => ids[..1].to_vec(),
            _ => ids.to_vec(),
        };
        for (sql, values) in [(note, ids.to_vec()), (take, bound)] {
            let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            if tx.execute_raw(statement).await?.rows_affected() != 1 {
                return Err(Error::Conflict("sold out".to_owned()));
            }
        }
        tokio::time::sleep(slow).await;
        Ok(())
    })
    .await
}

async fn measure(app: &App, variant: VariantId, way: Way, slow: Duration) {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let (tasks, began) = (TaskTracker::new(), Instant::now());
    for _ in 0..CLIENTS {
        let (app, send) = (app.clone(), send.clone());
        tasks.spawn(async move {
            for _ in 0..EACH {
                let began = Instant::now();
                while let Err(error) = reserve(&app, variant, way, slow).await {
                    println!("  once more: {error}");
                }
                send.send(began.elapsed()).unwrap();
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    let elapsed = began.elapsed();
    drop(send);
    let mut times: Vec<Duration> = Vec::new();
    while let Some(time) = receive.recv().await {
        times.push(time);
    }
    times.sort_unstable();
    println!(
        "{way:?}, {slow:?} more: {} a second, p50 {:.1?}, p99 {:.1?}",
        times.len() as u128 * 1_000 / elapsed.as_millis(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}

/// A variant with as many units as are wanted, and as many rows of units.
async fn filled(app: &App) -> Result<VariantId> {
    let (id, then) = (Uuid::now_v7(), "'2026-01-01T00:00:00Z'");
    run(app, &format!(
        "INSERT INTO seller (id, handle, name, name_key, description, status, currency, created_at, updated_at) \
             VALUES ('{id}', 'hot', 'Hot', 'hot', '', 'ACTIVE', 'EUR', {then}, {then}); \
         INSERT INTO product (id, seller_id, handle, slug, name, name_key, status, currency, created_at, updated_at) \
             VALUES ('{id}', '{id}', 'hot', 'hot', 'Hot', 'hot', 'ACTIVE', 'EUR', {then}, {then}); \
         INSERT INTO variant (id, product_id, seller_id, name, price, currency, position, created_at, updated_at) \
             VALUES ('{id}', '{id}', '{id}', '', 100, 'EUR', 1, {then}, {then}); \
         INSERT INTO stock (variant_id, product_id, seller_id, on_hand, updated_at) VALUES ('{id}', '{id}', '{id}', 1000000, {then}); \
         CREATE TABLE stock_unit (id bigint PRIMARY KEY, variant_id uuid NOT NULL, holder_id uuid); \
         CREATE INDEX stock_unit_free ON stock_unit (variant_id, id) WHERE holder_id IS NULL; \
         INSERT INTO stock_unit (id, variant_id) SELECT number, '{id}' FROM generate_series(1, 50000) AS number; ANALYZE stock_unit"
    ))
    .await?;
    Ok(VariantId(id))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn measure_hot() {
    let settings = Settings::defaults();
    migrations::up(&settings, None).await.unwrap();
    let app = App::from_settings(settings).await.unwrap();
    assert_eq!(app.database.backend(), DbBackend::Postgres);
    let variant = filled(&app).await.unwrap();
    for slow in [Duration::ZERO, Duration::from_millis(5)] {
        for _ in 0..3 {
            for way in [Way::Total, Way::Units, Way::Room] {
                measure(&app, variant, way, slow).await;
            }
        }
    }
}
