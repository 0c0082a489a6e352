//! What changes factors: it is told by mail, written down, and ends with the account.

use super::super::{CLOSE, FORGOT, RESET, token};
use super::*;
use std::time::Duration;
use tradewind::jobs::Worker;

/// The actions of the log, the oldest first, with what they were about.
async fn log(app: &TestApp) -> Vec<String> {
    let entries = "SELECT action || ' ' || coalesce(CAST(before AS text), '') || coalesce(CAST(after AS text), '') \
        FROM audit_entry WHERE action LIKE 'factor.%' ORDER BY occurred_at, sequence";
    let entries: Vec<String> = app.column(entries).await;
    entries
        .into_iter()
        .map(|entry| entry.replace(' ', ""))
        .collect()
}

on_both_databases! {
    async fn changes_are_told_by_mail_and_written_down(app: TestApp) {
        let ada = app.protected().await;
        let access = &ada.signed.access;
        app.bearing(access, STEP_UP, json!({ "totp": ada.app.next(&app) })).await.done();
        app.gql_bearing(access, REPLACE_CODES, json!({})).await.done();
        app.bearing(access, REMOVE_TOTP, json!({ "password": PASSWORD })).await.done();
        let mut subjects: Vec<_> = app.deliver().await.into_iter().map(|mail| mail.subject).collect();
        subjects.sort();
        assert_eq!(subjects, [
            "Your account has a second factor less",
            "Your account has another second factor",
            "Your recovery codes were replaced",
        ]);
        let log = log(&app).await;
        assert_eq!(log.len(), 3, "{log:?}");
        assert!(log[0].starts_with("factor.add") && log[0].contains("\"TOTP\""), "{log:?}");
        assert!(log[1].starts_with("factor.replace") && log[1].contains("\"RECOVERY_CODES\""), "{log:?}");
        assert!(log[2].starts_with("factor.remove") && log[2].contains("\"TOTP\""), "{log:?}");
    }

    async fn taking_the_last_away_needs_the_factor_and_the_password(app: TestApp) {
        let ada = app.protected().await;
        let access = &ada.signed.access;
        let refused = app.bearing(access, REMOVE_TOTP, json!({ "password": PASSWORD })).await;
        assert_eq!(refused.error_code(), "STEP_UP_REQUIRED");
        app.bearing(access, STEP_UP, json!({ "totp": ada.app.next(&app) })).await.done();
        let refused = app.bearing(access, REMOVE_TOTP, json!({ "password": "not hers" })).await;
        assert_eq!(refused.refusal(), ("INVALID", &json!(["password"])));
        let reply = app.bearing(access, REMOVE_TOTP, json!({ "password": PASSWORD })).await;
        assert_eq!(reply.done()["secondFactors"], json!({ "methods": [], "recoveryCodesLeft": 0 }));
        let again = app.bearing(access, REMOVE_TOTP, json!({ "password": PASSWORD })).await;
        assert_eq!(again.refusal().0, "CONFLICT");
        // The password is enough again.
        app.sign_in(EMAIL).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM recovery_code").await, 0);
    }

    async fn a_new_password_keeps_the_factors(app: TestApp) {
        let ada = app.protected().await;
        app.deliver().await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": EMAIL })).await.done();
        let mails = app.deliver().await;
        let new = "lantern canary harbour nine";
        let input = json!({ "token": token(&mails[0]), "newPassword": new });
        app.mutate(Actor::Anonymous, RESET, input).await.done();
        let reply = app.create(EMAIL, new, "APP").await;
        let payload = &reply.data()["sessionCreate"];
        assert_eq!(payload["accessToken"], Value::Null);
        let challenge = payload["secondFactor"]["challenge"].as_str().unwrap();
        app.confirm(challenge, "totp", &ada.app.next(&app)).await.done();
    }

    async fn closing_the_account_takes_them_all(app: TestApp) {
        let ada = app.protected().await;
        app.challenge().await;
        app.bearing(&ada.signed.access, CLOSE, json!({ "password": PASSWORD })).await.done();
        for table in ["totp", "recovery_code", "sign_in_challenge", "passkey", "passkey_ceremony"] {
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
        }
    }

    async fn what_nobody_ended_is_deleted_a_day_later(app: TestApp) {
        app.protected().await;
        let start = "mutation { sessionPasskeyStart { passkeyCeremony { ceremony } } }";
        for _ in 0..2 {
            app.challenge().await;
            app.gql(start, json!({})).await.data();
        }
        for table in ["sign_in_challenge", "passkey_ceremony"] {
            let one = format!("(SELECT max(hash) FROM {table})");
            app.execute(&format!("UPDATE {table} SET expires_at = '2020-01-01T00:00:00+00:00' WHERE hash = {one}")).await;
        }
        app.execute("DELETE FROM job_schedule").await;
        app.execute(
            "INSERT INTO job_schedule (name, pattern, next_at) \
             VALUES ('accounts.sweep_tokens', '7 * * * *', '2020-01-01T00:00:00+00:00')",
        )
        .await;
        let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'accounts.sweep_tokens' AND state = 'DONE'", 1).await;
        worker.stop(Duration::from_secs(5)).await;
        for table in ["sign_in_challenge", "passkey_ceremony"] {
            assert_eq!(app.value::<i64>(&format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
        }
    }
}
