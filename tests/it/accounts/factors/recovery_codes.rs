//! Recovery codes: ten, each good once, and replaced all together.

use super::*;
use std::collections::HashSet;

on_both_databases! {
    async fn each_is_good_once(app: TestApp) {
        let ada = app.protected().await;
        let all: HashSet<_> = ada.recovery_codes.iter().collect();
        assert_eq!(all.len(), 10);
        let code = &ada.recovery_codes[3];
        let hashes: Vec<String> = app.column("SELECT hash FROM recovery_code").await;
        assert!(hashes.iter().all(|hash| hash.len() == 64 && hash != code));
        let typed = code.to_uppercase().replace('-', " ");
        let reply = app.confirm(&app.challenge().await, "recoveryCode", &typed).await;
        let access = reply.done()["accessToken"].as_str().unwrap().to_owned();
        let again = app.confirm(&app.challenge().await, "recoveryCode", code).await;
        assert_eq!(again.refusal(), ("INVALID", &json!(["recoveryCode"])));
        let viewer = app.gql_bearing(&access, FACTORS, json!({})).await;
        assert_eq!(viewer.data()["viewer"]["account"]["secondFactors"]["recoveryCodesLeft"], json!(9));
    }

    async fn twins_of_one_sign_in_once(app: TestApp) {
        let ada = app.protected().await;
        let mut challenges = Vec::new();
        for _ in 0..20 {
            challenges.push(app.challenge().await);
        }
        let code = &ada.recovery_codes[0];
        let replies = join_all(challenges.iter().map(|challenge| app.confirm(challenge, "recoveryCode", code))).await;
        assert_eq!(replies.iter().filter(|reply| reply.user_errors().is_empty()).count(), 1);
    }

    async fn anothers_is_none(app: TestApp) {
        let ada = app.protected().await;
        let eve = app.member("eve@example.com", Role::Customer).await;
        app.execute("UPDATE totp SET last_step = 0").await;
        let eve = app.session_of(eve).await;
        let refused = app.mutate(eve, STEP_UP, json!({ "recoveryCode": ada.recovery_codes[0] })).await;
        assert_eq!(refused.refusal().0, "CONFLICT");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM recovery_code WHERE used_at IS NOT NULL").await, 0);
    }

    async fn new_ones_void_the_old(app: TestApp) {
        let ada = app.protected().await;
        let access = &ada.signed.access;
        let refused = app.gql_bearing(access, REPLACE_CODES, json!({})).await;
        assert_eq!(refused.error_code(), "STEP_UP_REQUIRED");
        app.bearing(access, STEP_UP, json!({ "recoveryCode": ada.recovery_codes[0] })).await.done();
        let reply = app.gql_bearing(access, REPLACE_CODES, json!({})).await;
        let codes = reply.done()["recoveryCodes"].as_array().unwrap();
        assert_eq!((codes.len(), &reply.done()["secondFactors"]["recoveryCodesLeft"]), (10, &json!(10)));
        let old = app.confirm(&app.challenge().await, "recoveryCode", &ada.recovery_codes[1]).await;
        assert_eq!(old.refusal().0, "INVALID");
        app.confirm(&app.challenge().await, "recoveryCode", codes[1].as_str().unwrap()).await.done();
    }
}
