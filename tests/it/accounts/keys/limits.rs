//! How many keys there may be, and how they go.

use super::{CREATE, EMAIL, KEYS, REVOKE};
use crate::support::TestApp;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tradewind::{caller::Role, jobs::Worker};

const LIVING: &str = "SELECT count(*) FROM api_key WHERE revoked_at IS NULL";

on_both_databases! {
    async fn nobody_has_more_than_twenty_also_in_a_race(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let eve = app.holder("eve@example.com", Role::Customer).await;
        let of_eve = app.make_key(eve, &["CATALOGUE_READ"]).await;
        for _ in 0..15 {
            app.make_key(ada, &["CATALOGUE_READ"]).await;
        }
        let input = json!({ "name": "Till", "scopes": ["CATALOGUE_READ"] });
        let replies = join_all((0..12).map(|_| app.mutate(ada, CREATE, input.clone()))).await;
        let made = replies.iter().filter(|reply| reply.data()["done"]["secret"].is_string());
        assert_eq!(made.count(), 5);
        let refused = replies.iter().find(|reply| reply.data()["done"]["secret"].is_null()).unwrap();
        assert_eq!(refused.refusal().0, "CONFLICT");
        assert_eq!(app.value::<i64>(LIVING).await, 21, "{} is another's", of_eve.prefix);

        // Those that are good for nothing do not count.
        let id: serde_json::Value = app.gql_as(ada, KEYS, json!({})).await.data()["viewer"]["apiKeys"]["nodes"][0]["id"].clone();
        app.mutate(ada, REVOKE, json!({ "id": id })).await.done();
        app.make_key(ada, &["CATALOGUE_READ"]).await;
        app.execute("UPDATE api_key SET expires_at = '2020-01-01T00:00:00+00:00'").await;
        app.make_key(ada, &["CATALOGUE_READ"]).await;
    }

    async fn twins_revoke_a_key_once(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let key = app.make_key(ada, &["CATALOGUE_READ"]).await;
        let revoke = || app.mutate(ada, REVOKE, json!({ "id": key.id }));
        let (one, other) = tokio::join!(revoke(), revoke());
        let refused = [one, other].iter().filter(|reply| !reply.user_errors().is_empty()).count();
        assert_eq!(refused, 1);
        let written: i64 = app.value("SELECT count(*) FROM audit_entry WHERE action = 'key.revoke'").await;
        assert_eq!(written, 1);
    }

    async fn those_that_are_long_dead_are_swept_away(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        for days in [-91, -89, 1] {
            let key = app.make_key(ada, &["CATALOGUE_READ"]).await;
            let at = (app.app.clock.now() + TimeDelta::days(days)).to_rfc3339();
            app.execute(&format!("UPDATE api_key SET expires_at = '{at}' WHERE prefix = '{}'", key.prefix)).await;
        }
        app.deliver().await;
        app.execute("UPDATE job_schedule SET next_at = '2020-01-01T00:00:00+00:00' WHERE name = 'accounts.sweep_keys'").await;
        let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'accounts.sweep_keys' AND state = 'DONE'", 1).await;
        worker.stop(Duration::from_secs(5)).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM api_key").await, 2);
    }
}
