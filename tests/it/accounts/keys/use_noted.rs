//! When a key was last used.

use super::{EMAIL, KEYS, SHOPS};
use crate::support::TestApp;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tradewind::caller::Role;

on_both_databases! {
    async fn use_is_written_down_at_most_once_a_minute(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let secret = app.make_key(ada, &["CATALOGUE_READ"]).await.secret;
        let last_used = async || {
            let reply = app.gql_as(ada, KEYS, json!({})).await;
            reply.data()["viewer"]["apiKeys"]["nodes"][0]["lastUsedAt"].clone()
        };
        assert_eq!(last_used().await, Value::Null);
        let used = "SELECT count(*) FROM api_key WHERE last_used_at IS NOT NULL";
        for reply in join_all((0..8).map(|_| app.gql_by_key(&secret, SHOPS))).await {
            reply.data();
        }
        app.until(used, 1).await;
        let first = last_used().await;
        app.app.clock.advance(TimeDelta::seconds(50));
        app.gql_by_key(&secret, SHOPS).await.data();
        settled(&app).await;
        assert_eq!(last_used().await, first);
        app.app.clock.advance(TimeDelta::seconds(11));
        app.gql_by_key(&secret, SHOPS).await.data();
        settled(&app).await;
        assert_ne!(last_used().await, first);
    }
}

/// Waits until nothing runs beside requests.
async fn settled(app: &TestApp) {
    for _ in 0..500 {
        if app.app.tasks.is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("tasks are left");
}
