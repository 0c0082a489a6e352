//! Closing an account, and what is left of it.

use super::{CHANGE_EMAIL, CLOSE, FORGOT, PASSWORD, VERIFY, VIEWER, token};
use crate::support::TestApp;
use serde_json::{Value, json};
use tradewind::caller::Actor;

on_both_databases! {
    async fn a_closed_account_is_gone_at_once_and_erased_soon(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        app.deliver().await;
        let wrong = app.mutate(actor, CLOSE, json!({ "password": "not hers at all" })).await;
        assert_eq!(wrong.refusal(), ("INVALID", &json!(["password"])));
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert_eq!(app.gql_as(actor, VIEWER, json!({})).await.data()["viewer"], Value::Null);
        assert_eq!(app.end_reasons().await, [Some("CLOSED".to_owned())]);
        for (table, left) in [("account", 1), ("account_login", 0), ("account_token", 0), ("session", 1)] {
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {table}")).await, left, "{table}");
        }

        assert_eq!(app.deliver().await, []);
        let row = "SELECT display_name || status || CASE WHEN deleted_at IS NULL THEN 'there' ELSE 'gone' END FROM account";
        assert_eq!(app.value::<String>(row).await, "Closed accountCLOSEDgone");
        assert_eq!(app.value::<String>("SELECT user_agent || ip FROM session").await, "");
    }

    async fn its_address_is_free_again(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        let again = app.person("ada@example.com").await;
        assert_ne!(again, actor);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM account").await, 2);
    }

    async fn letters_under_way_are_good_for_nothing(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(actor, CHANGE_EMAIL, json!({ "newEmail": "eve@example.com", "password": PASSWORD })).await.done();
        let mails = app.deliver().await;
        let token = token(mails.iter().find(|mail| mail.to == "eve@example.com").unwrap());
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        app.mutate(actor, CLOSE, json!({ "password": PASSWORD })).await.done();
        assert_eq!(app.deliver().await, [], "the letter that waited is not sent");
        let refused = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await;
        assert_eq!(refused.refusal().0, "INVALID");
    }

    async fn twins_close_it_once(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let close = || app.mutate(actor, CLOSE, json!({ "password": PASSWORD }));
        let (one, other) = tokio::join!(close(), close());
        assert!(one.body.get("errors").is_none() || other.body.get("errors").is_none());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE kind = 'accounts.erase'").await, 1);
        assert_eq!(app.value::<i64>("SELECT version FROM account").await, 2);
    }
}
