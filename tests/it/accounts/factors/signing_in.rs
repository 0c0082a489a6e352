//! Signing in with a second factor: the challenge, and who guesses.

use super::*;
use entity::accounts::account::Status;
use sea_orm::ActiveEnum;

on_both_databases! {
    async fn a_password_gets_a_challenge_and_a_code_the_session(app: TestApp) {
        let ada = app.protected().await;
        let reply = app.create(EMAIL, PASSWORD, "APP").await;
        let payload = &reply.data()["sessionCreate"];
        for nothing in ["session", "accessToken", "refreshToken"] {
            assert_eq!(payload[nothing], Value::Null, "{nothing}");
        }
        assert_eq!(payload["secondFactor"]["methods"], json!(["TOTP", "RECOVERY_CODE"]));
        let challenge = payload["secondFactor"]["challenge"].as_str().unwrap();
        let reply = app.confirm(challenge, "totp", &ada.app.next(&app)).await;
        let signed = Signed::of(reply.done());
        assert!(reply.done()["session"]["steppedUpAt"].is_string());
        // Signing in counts as stepping up.
        app.gql_bearing(&signed.access, REPLACE_CODES, json!({})).await.done();
        // It is good for one session.
        let again = app.confirm(challenge, "totp", &ada.app.next(&app)).await;
        assert_eq!(again.refusal(), ("INVALID", &json!(["challenge"])));
        let kept: String = app.value("SELECT hash FROM sign_in_challenge LIMIT 1").await;
        assert!(kept.len() == 64 && kept != challenge);
    }

    async fn a_browser_gets_the_cookie_only_after_the_second_factor(app: TestApp) {
        let ada = app.protected().await;
        let reply = app.create(EMAIL, PASSWORD, "BROWSER").await;
        assert_eq!(reply.header("set-cookie"), None);
        let challenge = &reply.data()["sessionCreate"]["secondFactor"]["challenge"];
        let input = json!({ "challenge": challenge, "totp": ada.app.next(&app) });
        let reply = app.mutate(Actor::Anonymous, CONFIRM, input).await;
        assert!(reply.header("set-cookie").unwrap().starts_with("tradewind_refresh="));
        assert_eq!(reply.done()["refreshToken"], Value::Null);
    }

    /// Who does not know the password learns nothing, and pays the same.
    async fn nobody_learns_of_a_factor_without_the_password(app: TestApp) {
        app.protected().await;
        app.member("eve@example.com", Role::Customer).await;
        let with = app.create(EMAIL, "not hers at all", "APP").await;
        let without = app.create("eve@example.com", "not hers at all", "APP").await;
        assert_eq!((&with.body, with.statements), (&without.body, without.statements));
    }

    async fn five_wrong_codes_end_a_challenge(app: TestApp) {
        let ada = app.protected().await;
        let challenge = app.challenge().await;
        for _ in 0..5 {
            let wrong = app.confirm(&challenge, "totp", &ada.app.wrong(&app)).await;
            assert_eq!(wrong.refusal(), ("INVALID", &json!(["totp"])));
        }
        let over = app.confirm(&challenge, "recoveryCode", &ada.recovery_codes[0]).await;
        assert_eq!(over.refusal(), ("INVALID", &json!(["challenge"])));
        // Nothing was used up by that.
        app.confirm(&app.challenge().await, "recoveryCode", &ada.recovery_codes[0]).await.done();
    }

    async fn many_at_once_are_five_tries(app: TestApp) {
        let ada = app.protected().await;
        let challenge = app.challenge().await;
        let wrong = ["00000000000000aa"; 20];
        let replies = join_all(wrong.iter().map(|code| app.confirm(&challenge, "recoveryCode", code))).await;
        let tried = replies.iter().filter(|reply| reply.refusal().1 == &json!(["recoveryCode"]));
        assert_eq!(tried.count(), 5);
        assert_eq!(app.value::<i64>("SELECT CAST(tries AS bigint) FROM sign_in_challenge").await, 5);
        drop(ada);
    }

    /// Wrong codes cost waits in which the right one is answered as a wrong one, to the letter, and not used up; whoever has a
    /// factor that cannot be guessed does not wait.
    async fn who_guesses_codes_waits(app: TestApp) {
        let ada = app.protected().await;
        let mut wrong = Value::Null;
        for _ in 0..10 {
            let challenge = app.challenge().await;
            wrong = app.confirm(&challenge, "totp", &ada.app.wrong(&app)).await.body;
        }
        let code = ada.app.code_in(&app, 1);
        let right = app.confirm(&app.challenge().await, "totp", &code).await;
        assert_eq!(right.body, wrong);
        app.confirm(&app.challenge().await, "recoveryCode", &ada.recovery_codes[0]).await.done();
        // Within its own session its owner does not wait either.
        app.bearing(&ada.signed.access, STEP_UP, json!({ "totp": code })).await.done();
        app.app.clock.advance(TimeDelta::minutes(61));
        app.confirm(&app.challenge().await, "totp", &ada.app.next(&app)).await.done();
        // Whoever was right begins anew.
        let reply = app.confirm(&app.challenge().await, "totp", &ada.app.next(&app)).await;
        reply.done();
    }

    async fn a_challenge_is_good_for_five_minutes(app: TestApp) {
        let ada = app.protected().await;
        let challenge = app.challenge().await;
        app.app.clock.advance(TimeDelta::seconds(301));
        let late = app.confirm(&challenge, "totp", &ada.app.next(&app)).await;
        assert_eq!(late.refusal(), ("INVALID", &json!(["challenge"])));
        let none = app.confirm("none", "totp", &ada.app.next(&app)).await;
        assert_eq!(none.body, late.body);
    }

    async fn a_challenge_is_of_its_account_and_its_password(app: TestApp) {
        let ada = app.protected().await;
        let challenge = app.challenge().await;
        app.execute("UPDATE account_login SET password_changed_at = created_at").await;
        let changed = app.confirm(&challenge, "totp", &ada.app.next(&app)).await;
        assert_eq!(changed.refusal(), ("INVALID", &json!(["challenge"])));
        let challenge = app.challenge().await;
        let suspended = Status::Suspended.to_value();
        app.execute(&format!("UPDATE account SET status = '{suspended}'")).await;
        let suspended = app.confirm(&challenge, "totp", &ada.app.next(&app)).await;
        assert_eq!(suspended.refusal(), ("INVALID", &json!(["challenge"])));
    }

    async fn exactly_one_factor_is_sent(app: TestApp) {
        let ada = app.protected().await;
        let challenge = app.challenge().await;
        for input in [
            json!({ "challenge": challenge }),
            json!({ "challenge": challenge, "totp": "1", "recoveryCode": "2" }),
        ] {
            let refused = app.mutate(Actor::Anonymous, CONFIRM, input).await;
            assert_eq!(refused.refusal().0, "INVALID");
        }
        app.confirm(&challenge, "totp", &ada.app.next(&app)).await.done();
    }
}
