//! Authenticator apps: set up with the password, and every code good once.

use super::*;

on_both_databases! {
    async fn an_app_is_set_up_with_the_password_and_a_code(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let signed = app.sign_in(EMAIL).await;
        let refused = app.bearing(&signed.access, ENROL, json!({ "password": "not hers" })).await;
        assert_eq!(refused.refusal(), ("INVALID", &json!(["password"])));
        let reply = app.bearing(&signed.access, ENROL, json!({ "password": PASSWORD })).await;
        let (secret, uri) = (reply.done()["secret"].as_str().unwrap(), reply.done()["uri"].as_str().unwrap());
        assert_eq!(uri, format!("otpauth://totp/Tradewind:ada%40example.com?secret={secret}&issuer=Tradewind"));
        let authenticator = Authenticator::scan(uri);
        assert_eq!(authenticator.0.len(), 20);

        // Not confirmed it protects nothing.
        app.sign_in(EMAIL).await;
        let wrong = app.bearing(&signed.access, CONFIRM_TOTP, json!({ "code": authenticator.wrong(&app) })).await;
        assert_eq!(wrong.refusal(), ("INVALID", &json!(["code"])));
        let code = authenticator.next(&app);
        let reply = app.bearing(&signed.access, CONFIRM_TOTP, json!({ "code": code })).await;
        assert_eq!(reply.done()["recoveryCodes"].as_array().unwrap().len(), 10);
        let factors = json!({ "methods": ["TOTP", "RECOVERY_CODE"], "recoveryCodesLeft": 10 });
        assert_eq!(reply.done()["secondFactors"], factors);
        let viewer = app.gql_bearing(&signed.access, FACTORS, json!({})).await;
        assert_eq!(viewer.data()["viewer"]["account"]["secondFactors"], factors);
        // Confirmed it is not confirmed again, nor replaced without a factor.
        let again = app.bearing(&signed.access, CONFIRM_TOTP, json!({ "code": authenticator.next(&app) })).await;
        assert_eq!(again.refusal().0, "INVALID");
        let reply = app.bearing(&signed.access, ENROL, json!({ "password": PASSWORD })).await;
        assert_eq!(reply.error_code(), "STEP_UP_REQUIRED");
    }

    async fn the_secret_is_sealed_for_its_account(app: TestApp) {
        let ada = app.protected().await;
        let sealed: String = app.value("SELECT secret FROM totp").await;
        let key: String = app.value("SELECT secret FROM factor_key").await;
        assert!(!sealed.contains(&key));
        // The secret of another is none.
        app.member("eve@example.com", Role::Customer).await;
        let eve = app.sign_in("eve@example.com").await;
        app.enrol(&eve.access).await;
        app.execute(&format!("UPDATE totp SET secret = '{sealed}'")).await;
        let stolen = app.bearing(&eve.access, CONFIRM_TOTP, json!({ "code": ada.app.next(&app) })).await;
        assert_eq!(stolen.error_code(), "INTERNAL_ERROR");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM totp WHERE confirmed_at IS NULL").await, 1);
    }

    async fn an_app_that_waited_too_long_is_none(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let signed = app.sign_in(EMAIL).await;
        let first = app.enrol(&signed.access).await;
        // Another takes its place.
        let second = app.enrol(&signed.access).await;
        let void = app.bearing(&signed.access, CONFIRM_TOTP, json!({ "code": first.next(&app) })).await;
        assert_eq!(void.refusal().0, "INVALID");
        app.app.clock.advance(TimeDelta::minutes(15));
        let signed = app.sign_in(EMAIL).await;
        let late = app.bearing(&signed.access, CONFIRM_TOTP, json!({ "code": second.next(&app) })).await;
        assert_eq!(late.refusal().0, "INVALID");
    }

    async fn a_code_is_good_for_one_step_around(app: TestApp) {
        let ada = app.protected().await;
        app.app.clock.advance(TimeDelta::seconds(300));
        for (steps, good) in [(-2, false), (2, false), (-1, true), (0, true), (1, true), (0, false), (1, false)] {
            let code = ada.app.code_in(&app, steps);
            let reply = app.bearing(&ada.signed.access, STEP_UP, json!({ "totp": code })).await;
            assert_eq!(reply.user_errors().is_empty(), good, "{steps}: {:#}", reply.body);
        }
    }

    async fn twins_of_a_code_sign_in_once(app: TestApp) {
        let ada = app.protected().await;
        let mut challenges = Vec::new();
        for _ in 0..20 {
            challenges.push(app.challenge().await);
        }
        let code = ada.app.next(&app);
        let replies = join_all(challenges.iter().map(|challenge| app.confirm(challenge, "totp", &code))).await;
        let good: Vec<_> = replies.iter().filter(|reply| reply.user_errors().is_empty()).collect();
        assert_eq!(good.len(), 1);
        for reply in replies.iter().filter(|reply| !reply.user_errors().is_empty()) {
            assert_eq!(reply.refusal(), ("INVALID", &json!(["totp"])));
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM session WHERE stepped_up_at IS NOT NULL").await, 1);
    }

    async fn twins_of_a_code_step_up_once(app: TestApp) {
        let ada = app.protected().await;
        let mut sessions = Vec::new();
        for _ in 0..20 {
            sessions.push(app.session_of(ada.account).await);
        }
        app.execute("UPDATE session SET idle_until = expires_at").await;
        let code = ada.app.next(&app);
        let replies = join_all(sessions.iter().map(|session| app.mutate(*session, STEP_UP, json!({ "totp": code })))).await;
        assert_eq!(replies.iter().filter(|reply| reply.user_errors().is_empty()).count(), 1);
    }
}
