//! Mutations of accounts that are sent again under an idempotency key.

use super::{ACCOUNTS, CHANGE_PASSWORD, OTHER_PASSWORD, PASSWORD, SIGN_UP};
use crate::support::TestApp;
use serde_json::json;
use tradewind::caller::Actor;

const KEY: &str = "5f0c8f0e-7c43-4a53-8f5a-0a4c3d1e9b11";

on_both_databases! {
    /// The present password is the new one by then, and is not asked for again.
    async fn a_change_that_was_done_is_answered_as_done(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let input = json!({ "input": { "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD } });
        app.gql_keyed(actor, KEY, CHANGE_PASSWORD, input.clone()).await.done();
        let again = app.gql_keyed(actor, KEY, CHANGE_PASSWORD, input).await;
        again.done();
        assert_eq!(again.body["extensions"]["idempotency"]["replayed"], true);
        assert!(app.check("ada@example.com", OTHER_PASSWORD).await.is_some());
    }

    /// A fast hash of a password would be worth more to a thief than the slow one.
    async fn keys_hold_no_hash_of_a_password(app: TestApp) {
        let input = |password: &str| json!({ "input": { "email": "ada@example.com", "password": password, "displayName": "Ada" } });
        app.gql_keyed(Actor::Anonymous, KEY, SIGN_UP, input(PASSWORD)).await.done();
        let fingerprint: String = app.value("SELECT fingerprint FROM idempotency_key").await;
        app.execute("DELETE FROM idempotency_key").await;
        app.gql_keyed(Actor::Anonymous, KEY, SIGN_UP, input(OTHER_PASSWORD)).await.done();
        assert_eq!(app.value::<String>("SELECT fingerprint FROM idempotency_key").await, fingerprint);
        assert_eq!(app.value::<i64>(ACCOUNTS).await, 1);
    }

    async fn what_was_refused_may_be_mended_under_the_same_key(app: TestApp) {
        let input = |password: &str| json!({ "input": { "email": "ada@example.com", "password": password, "displayName": "Ada" } });
        let refused = app.gql_keyed(Actor::Anonymous, KEY, SIGN_UP, input("password")).await;
        assert_eq!(refused.refusal(), ("INVALID", &json!(["password"])));
        app.gql_keyed(Actor::Anonymous, KEY, SIGN_UP, input(PASSWORD)).await.done();
        assert_eq!(app.value::<i64>(ACCOUNTS).await, 1);
    }
}
