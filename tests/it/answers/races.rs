//! Reads that began before a write and end after it.

use super::shop::Shop;
use crate::support::{TestApp, TestDatabase};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use std::time::Duration;

const PAGE: &str =
    "{ products { nodes { priceRange { min { amount } } reviews { nodes { id } } } } }";
/// The same in other words, of which the server need not know that.
const SAME_PAGE: &str =
    "{ products { nodes { priceRange { min { amount } } reviews { nodes { id }} } } }";

/// PostgreSQL can be made to wait in the middle of a read: after the products, before their reviews. That the same holds by any
/// other way through is shown by the store's own tests, and under load.
#[tokio::test]
async fn what_was_read_before_a_write_is_not_kept_after_it() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let flags = [
        ("--graphql-answers-bytes", "1000000"),
        ("--entities-kept", "100"),
        ("--database-lock-timeout-ms", "30000"),
        ("--database-statement-timeout-ms", "30000"),
        ("--request-timeout-ms", "60000"),
    ];
    let app = TestApp::on_database(database, &flags).await;
    let shop = Shop::open(&app, "quay").await;
    let mug = shop.sells(&app, "Mug", "5").await;
    let price = |reply: &crate::support::Reply| {
        reply.data()["products"]["nodes"][0]["priceRange"]["min"]["amount"].clone()
    };

    let holder = app.app.database.write().begin().await.unwrap();
    holder
        .execute_unprepared("LOCK TABLE review IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let early = app.gql(PAGE, json!({}));
    let write = async {
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%review%'";
        app.until(waits, 1).await;
        shop.reprices(&app, &mug, "7").await;
        // Who comes now must not be told what the early one is.
        let late = app.gql(PAGE, json!({ "unused": 1 }));
        let release = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            holder.commit().await.unwrap();
        };
        tokio::join!(late, release).0
    };
    let (early, late) = tokio::join!(early, write);
    assert_eq!(
        (price(&early), price(&late)),
        (json!("5.00"), json!("7.00"))
    );
    for document in [PAGE, SAME_PAGE] {
        for _ in 0..2 {
            assert_eq!(price(&app.gql(document, json!({})).await), "7.00");
        }
    }
}
