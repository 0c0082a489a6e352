//! Opening an account, and who has it then.

use super::{ACCOUNTS, LOGINS, OTHER_PASSWORD, PASSWORD, RESET, VERIFY, VIEWER, token};
use crate::support::TestApp;
use serde_json::{Value, json};
use tradewind::caller::Actor;

on_both_databases! {
    async fn whoever_opens_the_letter_can_sign_in(app: TestApp) {
        app.sign_up(" Ada@Example.COM ").await.done();
        assert!(!app.everything_in_jobs().await.to_lowercase().contains("ada@"));
        let mails = app.deliver().await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, "Ada@Example.COM");
        let token = token(&mails[0]);
        assert!(mails[0].html.contains(&token));
        assert!(!app.everything_in_jobs().await.contains(&token));
        let kept: Vec<String> = app.column("SELECT hash FROM account_token").await;
        assert!(!kept.contains(&token), "only its hash is kept");
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None, "the address is not verified yet");

        let verified = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await;
        assert_eq!(verified.done()["account"], Value::Null, "a token signs nobody in");
        let account = app.check("ADA@example.com", PASSWORD).await.unwrap();
        let actor = app.session_of(account).await;
        let viewer = app.gql_as(actor, VIEWER, json!({})).await;
        let account = &viewer.data()["viewer"]["account"];
        assert!(account["id"].as_str().unwrap().starts_with("author_"));
        assert_eq!(account["email"], "Ada@Example.COM");
        assert_eq!(account["emailVerified"], true);
        assert_eq!(account["displayName"], "Ada");
        assert_eq!(account["role"], "CUSTOMER");
        assert_eq!(viewer.statements, 1);
    }

    async fn there_is_no_viewer_who_has_not_signed_in(app: TestApp) {
        let viewer = app.gql(VIEWER, json!({})).await;
        assert_eq!(viewer.data()["viewer"], Value::Null);
        assert_eq!(viewer.statements, 0);
    }

    async fn twins_with_one_address_in_two_spellings_get_one_account(app: TestApp) {
        let (one, other) = tokio::join!(app.sign_up("José@bücher.example"), app.sign_up("JOSE\u{301}@xn--bcher-kva.EXAMPLE"));
        one.done();
        other.done();
        assert_eq!(app.value::<i64>(ACCOUNTS).await, 1);
        assert_eq!(app.value::<i64>(LOGINS).await, 1);
        let mut subjects: Vec<_> = app.deliver().await.into_iter().map(|mail| mail.subject).collect();
        subjects.sort();
        assert_eq!(subjects, ["Confirm your e-mail address", "You have an account already"]);
    }

    async fn a_crowd_gets_one_account(app: TestApp) {
        let crowd = (0..8).map(|_| app.sign_up("ada@example.com"));
        for reply in futures_util::future::join_all(crowd).await {
            reply.done();
        }
        assert_eq!(app.value::<i64>(ACCOUNTS).await, 1);
    }

    /// Who signs up with another's address must not have the account once the other opens a letter about it.
    async fn whose_address_it_is_has_the_account(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        app.deliver().await;
        app.sign_up("ada@example.com").await.done();
        let taken = app.deliver().await;
        assert_eq!(taken[0].subject, "You have an account already");
        assert!(taken[0].text.contains("/account/reset-password?token="), "{}", taken[0].text);
        let input = json!({ "token": token(&taken[0]), "newPassword": OTHER_PASSWORD });
        app.mutate(Actor::Anonymous, RESET, input).await.done();
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        assert!(app.check("ada@example.com", OTHER_PASSWORD).await.is_some());
    }

    async fn passwords_are_hashed_and_never_shown(app: TestApp) {
        app.sign_up("ada@example.com").await.done();
        let hash: String = app.value("SELECT password_hash FROM account_login").await;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let viewer = app.gql("{ viewer { account { passwordHash } } }", json!({})).await;
        assert_eq!(viewer.error_code(), "VALIDATION_ERROR");
    }

    async fn demo_people_can_sign_in(app: TestApp) {
        let ids = tradewind::seed::people::demo_people(&app.app).await.unwrap();
        for (person, id) in tradewind::seed::people::DEMO_PEOPLE.iter().zip(ids) {
            assert_eq!(app.check(person.email, person.password).await, Some(id));
        }
        let again = tradewind::seed::people::demo_people(&app.app).await;
        assert_eq!(again.unwrap_err().code(), "CONFLICT");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM account WHERE role = 'ADMIN'").await, 1);
    }
}
