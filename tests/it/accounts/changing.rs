//! What people who are signed in change about their accounts.

use super::{
    CHANGE_EMAIL, CHANGE_PASSWORD, CLOSE, OTHER_PASSWORD, PASSWORD, UPDATE, VERIFY, VIEWER, nobody,
    token,
};
use crate::support::TestApp;
use serde_json::{Value, json};
use tradewind::caller::Actor;

on_both_databases! {
    async fn another_password_signs_out_everywhere_else(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let Actor::Person(person) = actor else { unreachable!() };
        app.session_of(person.account).await;
        let input = json!({ "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD });
        let changed = app.mutate(actor, CHANGE_PASSWORD, input.clone()).await;
        assert!(changed.done()["account"]["id"].is_string());
        assert_eq!(app.end_reasons().await, [None, Some("PASSWORD_CHANGED".to_owned())]);
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert_eq!(app.check("ada@example.com", OTHER_PASSWORD).await, Some(person.account));
        assert_eq!(app.deliver().await[0].subject, "Your password was changed");

        let wrong = app.mutate(actor, CHANGE_PASSWORD, input).await;
        assert_eq!(wrong.refusal(), ("INVALID", &json!(["currentPassword"])));
    }

    async fn twins_change_the_password_once(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let change = async |new: &str| {
            app.mutate(actor, CHANGE_PASSWORD, json!({ "currentPassword": PASSWORD, "newPassword": new })).await
        };
        let (one, other) = tokio::join!(change("one lantern harbour"), change("other lantern harbour"));
        let done = [&one, &other].map(|reply| reply.user_errors().is_empty());
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
        assert_eq!(app.check("ada@example.com", "one lantern harbour").await.is_some(), done[0]);
        assert_eq!(app.check("ada@example.com", "other lantern harbour").await.is_some(), done[1]);
    }

    async fn another_address_counts_once_its_letter_is_opened(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let input = json!({ "newEmail": "Ada@bücher.example", "password": PASSWORD });
        let asked = app.mutate(actor, CHANGE_EMAIL, input).await;
        assert_eq!(asked.done()["account"]["email"], "ada@example.com");
        assert!(!app.everything_in_jobs().await.contains("cher"));
        let mut mails = app.deliver().await;
        mails.sort_by(|one, other| one.to.cmp(&other.to));
        let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["Ada@bücher.example", "ada@example.com"]);
        assert!(!mails[1].text.contains("token"));
        app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token(&mails[0]) })).await.done();
        let viewer = app.gql_as(actor, VIEWER, json!({})).await;
        assert_eq!(viewer.data()["viewer"]["account"]["email"], "Ada@bücher.example");
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert!(app.check("ada@xn--bcher-kva.example", PASSWORD).await.is_some());
    }

    async fn an_address_that_is_taken_is_told_to_its_reader_only(app: TestApp) {
        app.person("eve@example.com").await;
        let actor = app.person("ada@example.com").await;
        let ask = async |email: &str| {
            app.mutate(actor, CHANGE_EMAIL, json!({ "newEmail": email, "password": PASSWORD })).await
        };
        let (taken, free) = (ask("EVE@example.com").await, ask("free@example.com").await);
        assert_eq!(taken.body, free.body);
        assert_eq!(taken.statements, free.statements);
        ask("eve@example.com").await.done();
        let mails = app.deliver().await;
        let mail = mails.iter().find(|mail| mail.to == "eve@example.com").unwrap();
        let refused = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token(mail) })).await;
        assert_eq!(refused.refusal(), ("CONFLICT", &Value::Null));
        assert!(app.check("ada@example.com", PASSWORD).await.is_some());
    }

    async fn a_change_of_password_voids_a_change_of_address(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        app.mutate(actor, CHANGE_EMAIL, json!({ "newEmail": "eve@example.com", "password": PASSWORD })).await.done();
        let mails = app.deliver().await;
        let token = token(mails.iter().find(|mail| mail.to == "eve@example.com").unwrap());
        let input = json!({ "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD });
        app.mutate(actor, CHANGE_PASSWORD, input).await.done();
        let refused = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await;
        assert_eq!(refused.refusal().0, "INVALID");
    }

    async fn the_name_is_changed_by_whoever_read_it_last(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let update = async |name: &str, version: i64| {
            app.mutate(actor, UPDATE, json!({ "displayName": name, "expectedVersion": version })).await
        };
        let updated = update("  Ada   Lovelace ", 1).await;
        assert_eq!(updated.done()["account"], json!({ "displayName": "Ada Lovelace", "version": 2 }));
        assert_eq!(update("Eve", 1).await.refusal(), ("CONFLICT", &Value::Null));
        assert_eq!(update("", 2).await.refusal(), ("INVALID", &json!(["displayName"])));
        let (one, other) = tokio::join!(update("One", 2), update("Other", 2));
        let done = [one, other].iter().filter(|reply| reply.user_errors().is_empty()).count();
        assert_eq!(done, 1);
    }

    async fn nobody_else_may(app: TestApp) {
        app.person("ada@example.com").await;
        let before: Vec<String> = app.column("SELECT password_hash FROM account_login").await;
        for (document, input) in [
            (CHANGE_PASSWORD, json!({ "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD })),
            (CHANGE_EMAIL, json!({ "newEmail": "eve@example.com", "password": PASSWORD })),
            (UPDATE, json!({ "displayName": "Eve", "expectedVersion": 1 })),
            (CLOSE, json!({ "password": PASSWORD })),
        ] {
            let refused = app.mutate(Actor::Anonymous, document, input).await;
            assert_eq!(refused.error_code(), "UNAUTHENTICATED");
            assert_eq!(refused.statements, 0);
        }
        // A session whose account is not there, or not any more.
        let ghost = match app.person("eve@example.com").await {
            Actor::Person(person) => Actor::Person(tradewind::caller::Person { account: nobody(), ..person }),
            other => other,
        };
        let refused = app.mutate(ghost, CLOSE, json!({ "password": PASSWORD })).await;
        assert_eq!(refused.error_code(), "UNAUTHENTICATED");
        let after: Vec<String> = app.column("SELECT password_hash FROM account_login").await;
        assert!(before.iter().all(|hash| after.contains(hash)));
    }
}
