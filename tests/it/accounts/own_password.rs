//! Guessing the password of an account with a session that was stolen.

use super::{CHANGE_EMAIL, CHANGE_PASSWORD, CLOSE, FORGOT, OTHER_PASSWORD, PASSWORD, SIGN_UP};
use crate::support::TestApp;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tradewind::caller::Actor;

/// What asks for the password again, asked with this one.
fn asks_again(password: &str) -> [(&'static str, Value); 3] {
    [
        (
            CHANGE_PASSWORD,
            json!({ "currentPassword": password, "newPassword": OTHER_PASSWORD }),
        ),
        (
            CHANGE_EMAIL,
            json!({ "newEmail": "eve@example.com", "password": password }),
        ),
        (CLOSE, json!({ "password": password })),
    ]
}

on_both_databases! {
    /// Wherever it is asked for: the failures are of the account.
    async fn it_is_guessed_a_few_times_only(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        for _ in 0..2 {
            for (document, input) in asks_again("a wrong password") {
                let refused = app.mutate(actor, document, input).await;
                assert_eq!(refused.refusal().0, "INVALID");
            }
        }
        let hashes = app.app.passwords.hashes();
        app.app.clock.advance(TimeDelta::seconds(-10));
        for password in ["a wrong password", PASSWORD] {
            for (document, input) in asks_again(password) {
                let refused = app.mutate(actor, document, input).await;
                assert_eq!((refused.status.as_u16(), refused.error_code()), (429, "RATE_LIMITED"));
                assert!(refused.header("retry-after").is_some());
            }
        }
        // Nothing was tried, so nothing was told.
        assert_eq!(app.app.passwords.hashes(), hashes);
        // Signing in is another door, and another person's account another account.
        assert!(app.check("ada@example.com", PASSWORD).await.is_some());
        let eve = app.person("other@example.com").await;
        app.mutate(eve, CLOSE, json!({ "password": PASSWORD })).await.done();

        app.app.clock.advance(TimeDelta::minutes(16));
        let (document, input) = asks_again(PASSWORD)[0].clone();
        app.mutate(actor, document, input).await.done();
        // Whoever knew it begins anew.
        for _ in 0..5 {
            let refused = app.mutate(actor, CLOSE, json!({ "password": "a wrong password" })).await;
            assert_eq!(refused.refusal().0, "INVALID");
        }
    }

    /// However many addresses ask.
    async fn a_mailbox_gets_a_few_letters_only(app: TestApp) {
        let ask = async |document: &str, email: &str| {
            let input = match document {
                SIGN_UP => json!({ "email": email, "password": PASSWORD, "displayName": "Ada" }),
                _ => json!({ "email": email }),
            };
            app.mutate(Actor::Anonymous, document, input).await
        };
        ask(SIGN_UP, "ada@example.com").await.done();
        for _ in 0..4 {
            ask(FORGOT, "Ada@example.com").await.done();
            ask(FORGOT, "ada@EXAMPLE.com").await.done();
        }
        ask(SIGN_UP, "ada@example.com").await.done();
        // The same for an address that nobody has.
        for _ in 0..10 {
            ask(FORGOT, "nobody@example.com").await.done();
        }
        for email in ["ada@example.com", "nobody@example.com"] {
            for document in [SIGN_UP, FORGOT] {
                assert_eq!(ask(document, email).await.error_code(), "RATE_LIMITED");
            }
        }
        ask(FORGOT, "eve@example.com").await.done();
    }

    /// A person has letters sent from many addresses as from one.
    async fn a_person_has_a_few_letters_sent_only(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let mut sent = 0;
        for number in 0..8 {
            let input = json!({ "newEmail": format!("{number}@example.com"), "password": PASSWORD });
            let reply = app.mutate(actor, CHANGE_EMAIL, input).await;
            sent += usize::from(reply.status == 200);
        }
        assert_eq!(sent, 5);
    }
}
