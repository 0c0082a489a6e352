//! How stock is found where there is much of it.

use super::wish;
use crate::{seed::seed, support::TestApp};
use chrono::TimeDelta;
use entity::ids::VariantId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tradewind::{inventory, platform::database::Tx};
use uuid::Uuid;

/// Rows that the transaction has read of a table without an index.
async fn read_through(tx: &Tx, table: &str) -> i64 {
    let sql = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = $1";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into()]);
    let row = tx.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get("", "seq_tup_read").unwrap()
}

#[tokio::test]
async fn a_promise_reads_of_all_stock_what_is_promised() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    seed(&app, &["--bench"]).unwrap();
    let ids: Vec<VariantId> = app
        .column("SELECT variant_id FROM stock WHERE on_hand > 1 ORDER BY variant_id LIMIT 3")
        .await;
    let wishes: Vec<_> = ids.iter().map(|id| wish(*id, 1)).collect();
    let now = app.app.clock.now();
    let read = app.app.transaction(async |tx| {
        let (holder, until) = (Uuid::now_v7(), now + TimeDelta::minutes(15));
        let short = inventory::stock_reserve(tx, holder, &wishes, until, now).await?;
        assert_eq!(short, []);
        let promised = read_through(tx, "stock").await;
        assert_eq!(inventory::stock_claim(tx, holder, now).await?, []);
        Ok((promised, read_through(tx, "stock").await))
    });
    assert_eq!(read.await.unwrap(), (0, 0));
}
