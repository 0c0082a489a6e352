//! Tokens: good once, for a while, for one thing, and until there is a newer one.

use super::{FORGOT, OTHER_PASSWORD, PASSWORD, RESET, VERIFY};
use crate::support::TestApp;
use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tradewind::{caller::Actor, jobs::Worker, platform::database::time};

on_both_databases! {
    async fn sent_in_parallel_it_is_good_once(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        let token = app.delivered_token().await;
        let twins = (0..8).map(|_| app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })));
        let done = join_all(twins).await.iter().filter(|reply| reply.user_errors().is_empty()).count();
        assert_eq!(done, 1);

        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        let token = app.delivered_token().await;
        let passwords: Vec<String> = (0..4).map(|number| format!("{OTHER_PASSWORD} {number}")).collect();
        let twins = passwords.iter().map(|password| {
            app.mutate(Actor::Anonymous, RESET, json!({ "token": token, "newPassword": password }))
        });
        let replies = join_all(twins).await;
        let done: Vec<_> = (0..4).filter(|&index| replies[index].user_errors().is_empty()).collect();
        assert_eq!(done.len(), 1);
        for (index, password) in passwords.iter().enumerate() {
            assert_eq!(app.check("ada@example.com", password).await.is_some(), index == done[0]);
        }
    }

    async fn it_is_good_for_a_while(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        let verify = app.delivered_token().await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        let reset = app.delivered_token().await;

        app.app.clock.advance(TimeDelta::minutes(61));
        let input = json!({ "token": reset, "newPassword": OTHER_PASSWORD });
        let late = app.mutate(Actor::Anonymous, RESET, input).await;
        assert_eq!(late.refusal(), ("INVALID", &json!(["token"])));
        app.app.clock.advance(TimeDelta::minutes(24 * 60 - 62));
        app.mutate(Actor::Anonymous, VERIFY, json!({ "token": verify })).await.done();
        assert!(app.check("ada@example.com", PASSWORD).await.is_some());
    }

    async fn after_a_day_it_is_not(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        let verify = app.delivered_token().await;
        app.app.clock.advance(TimeDelta::minutes(24 * 60 + 1));
        let late = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": verify })).await;
        assert_eq!(late.refusal(), ("INVALID", &json!(["token"])));
    }

    async fn a_newer_one_makes_it_void(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        app.delivered_token().await;
        let forgot = async || {
            app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
            app.delivered_token().await
        };
        let (older, newer) = (forgot().await, forgot().await);
        let reset = async |token: &str| {
            app.mutate(Actor::Anonymous, RESET, json!({ "token": token, "newPassword": OTHER_PASSWORD })).await
        };
        assert_eq!(reset(&older).await.refusal().0, "INVALID");
        reset(&newer).await.done();
    }

    async fn it_is_good_for_one_thing(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        let verify = app.delivered_token().await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        let reset = app.delivered_token().await;
        let wrong = app.mutate(Actor::Anonymous, RESET, json!({ "token": verify, "newPassword": OTHER_PASSWORD })).await;
        assert_eq!(wrong.refusal().0, "INVALID");
        let wrong = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": reset })).await;
        assert_eq!(wrong.refusal().0, "INVALID");
        // Neither was used up by that.
        app.mutate(Actor::Anonymous, VERIFY, json!({ "token": verify })).await.done();
        app.mutate(Actor::Anonymous, RESET, json!({ "token": reset, "newPassword": OTHER_PASSWORD })).await.done();
    }

    async fn old_ones_are_swept_away(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        app.deliver().await;
        let ended = time::from_now(app.app.database.backend(), "-90000");
        app.execute(&format!("UPDATE account_token SET expires_at = {ended}")).await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        app.deliver().await;
        // The timer finds it due.
        let due = "UPDATE job_schedule SET next_at = '2020-01-01T00:00:00+00:00' WHERE name = 'accounts.sweep_tokens'";
        app.execute(due).await;
        let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'accounts.sweep_tokens' AND state = 'DONE'", 1).await;
        worker.stop(Duration::from_secs(5)).await;
        let left: Vec<String> = app.column("SELECT purpose FROM account_token").await;
        assert_eq!(left, ["RESET_PASSWORD"]);
    }
}
