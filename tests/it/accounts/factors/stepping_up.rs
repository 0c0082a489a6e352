//! Showing a factor within a session.

use super::*;

on_both_databases! {
    async fn a_factor_opens_what_asks_for_one_for_ten_minutes(app: TestApp) {
        let ada = app.protected().await;
        let access = &ada.signed.access;
        // Its standing is remembered by now, and is to be forgotten.
        assert_eq!(app.gql_bearing(access, REPLACE_CODES, json!({})).await.error_code(), "STEP_UP_REQUIRED");
        let reply = app.bearing(access, STEP_UP, json!({ "totp": ada.app.next(&app) })).await;
        assert_eq!(reply.done()["session"]["id"], json!(ada.signed.session));
        assert!(reply.done()["session"]["steppedUpAt"].is_string());
        app.gql_bearing(access, REPLACE_CODES, json!({})).await.done();
        app.app.clock.advance(TimeDelta::seconds(601));
        assert_eq!(app.gql_bearing(access, REPLACE_CODES, json!({})).await.error_code(), "STEP_UP_REQUIRED");
    }

    async fn only_this_session_is_stepped_up(app: TestApp) {
        let ada = app.protected().await;
        app.session_of(ada.account).await;
        app.bearing(&ada.signed.access, STEP_UP, json!({ "totp": ada.app.next(&app) })).await.done();
        assert_eq!(app.value::<i64>("SELECT count(*) FROM session WHERE stepped_up_at IS NOT NULL").await, 1);
    }

    async fn who_has_none_is_told_to_set_one_up(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let signed = app.sign_in(EMAIL).await;
        let refused = app.bearing(&signed.access, STEP_UP, json!({ "totp": "123456" })).await;
        assert_eq!(refused.refusal().0, "CONFLICT");
        assert!(refused.user_errors()[0]["message"].as_str().unwrap().contains("totpEnrol"));
        let nobody = app.mutate(Actor::Anonymous, STEP_UP, json!({ "totp": "123456" })).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
    }

    async fn who_guesses_in_a_session_waits(app: TestApp) {
        let ada = app.protected().await;
        let access = &ada.signed.access;
        let mut wrong = Value::Null;
        for _ in 0..10 {
            wrong = app.bearing(access, STEP_UP, json!({ "totp": ada.app.wrong(&app) })).await.body;
        }
        let code = ada.app.code_in(&app, 1);
        let right = app.bearing(access, STEP_UP, json!({ "totp": code })).await;
        assert_eq!(right.body, wrong);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM session WHERE stepped_up_at IS NOT NULL").await, 0);
        // Its owner signs in elsewhere meanwhile.
        app.confirm(&app.challenge().await, "totp", &code).await.done();
        app.bearing(access, STEP_UP, json!({ "recoveryCode": ada.recovery_codes[0] })).await.done();
    }

    /// Of a hundred at once no more are looked at than of a hundred in a row.
    async fn guesses_at_once_all_count(app: TestApp) {
        let ada = app.protected().await;
        let wrong = ada.app.wrong(&app);
        let guesses = (0..20).map(|_| app.bearing(&ada.signed.access, STEP_UP, json!({ "totp": wrong })));
        join_all(guesses).await;
        let right = app.bearing(&ada.signed.access, STEP_UP, json!({ "totp": ada.app.code_in(&app, 1) })).await;
        assert_eq!(right.refusal().0, "INVALID");
    }

    async fn a_session_that_ended_is_not_stepped_up(app: TestApp) {
        let ada = app.protected().await;
        let actor = app.session_of(ada.account).await;
        app.execute("UPDATE session SET ended_at = created_at, end_reason = 'SIGNED_OUT'").await;
        let code = ada.app.next(&app);
        let refused = app.mutate(actor, STEP_UP, json!({ "totp": code })).await;
        assert_eq!(refused.error_code(), "UNAUTHENTICATED");
        // The code is still good.
        app.confirm(&app.challenge().await, "totp", &code).await.done();
    }
}
