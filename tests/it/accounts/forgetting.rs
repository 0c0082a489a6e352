//! Replacing a forgotten password.

use super::{FORGOT, OTHER_PASSWORD, PASSWORD, RESET, token};
use crate::support::TestApp;
use serde_json::json;
use tradewind::caller::Actor;

on_both_databases! {
    async fn a_new_password_signs_everyone_out(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let Actor::Person(person) = actor else { unreachable!() };
        app.session_of(person.account).await;
        let other = app.person("eve@example.com").await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ADA@example.com" })).await.done();
        let mails = app.deliver().await;
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ada@example.com"));
        let input = json!({ "token": token(&mails[0]), "newPassword": OTHER_PASSWORD });
        app.mutate(Actor::Anonymous, RESET, input).await.done();
        let reason = Some("PASSWORD_CHANGED".to_owned());
        assert_eq!(app.end_reasons().await, [reason.clone(), reason, None]);
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert_eq!(app.check("ada@example.com", OTHER_PASSWORD).await, Some(person.account));
        assert!(matches!(other, Actor::Person(_)) && app.check("eve@example.com", PASSWORD).await.is_some());
        let told = app.deliver().await;
        assert_eq!(told[0].subject, "Your password was changed");
        assert!(!told[0].text.contains("token"));
    }

    /// Whoever asks again and again fills no mailbox while the letter waits.
    async fn asking_again_at_once_sends_one_letter(app: TestApp) {
        app.person("ada@example.com").await;
        for _ in 0..5 {
            app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        }
        assert_eq!(app.deliver().await.len(), 1);
    }

    async fn a_suspended_account_gets_no_letter(app: TestApp) {
        app.person("ada@example.com").await;
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        assert_eq!(app.deliver().await, []);
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
    }

    async fn a_password_that_others_guess_is_refused_and_the_token_stays_good(app: TestApp) {
        app.person("ada@example.com").await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        let token = app.delivered_token().await;
        for password in ["short", "password1", "ada@example.com"] {
            let refused = app.mutate(Actor::Anonymous, RESET, json!({ "token": token, "newPassword": password })).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["newPassword"])));
        }
        app.mutate(Actor::Anonymous, RESET, json!({ "token": token, "newPassword": OTHER_PASSWORD })).await.done();
    }
}
