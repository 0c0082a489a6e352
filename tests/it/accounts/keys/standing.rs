//! Which keys are good, and how soon it is felt that one is not any more.

use super::{EMAIL, REVOKE, SHOPS};
use crate::{
    accounts::{FORGOT, RESET, token},
    support::{TestApp, TestDatabase},
};
use chrono::TimeDelta;
use serde_json::json;
use tradewind::caller::{Actor, Role};

on_both_databases! {
    async fn what_is_no_good_key_is_refused(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let secret = app.make_key(ada, &["CATALOGUE_READ"]).await.secret;
        let other = app.make_key(ada, &["CATALOGUE_READ"]).await.secret;
        assert_eq!(app.status_by_key(&secret).await, 200);
        let flipped = if secret.ends_with('A') { 'B' } else { 'A' };
        let hash: String = app.value(&format!("SELECT hash FROM api_key WHERE prefix = '{}'", &secret[3..11])).await;
        for key in [
            "tw_".to_owned(),
            secret[..54].to_owned(),
            format!("{secret}A"),
            format!("{}{flipped}", &secret[..54]),
            format!("{}{}", &secret[..12], &other[12..]),
            format!("{}{}", &other[..12], &secret[12..]),
            format!("tw_{}_{}", "a".repeat(8), &secret[12..]),
            format!("tw_{}_{}", &secret[3..11], &hash[..43]),
            secret.to_uppercase().replacen("TW", "tw", 1),
            format!("tw_{}", "a".repeat(7_000)),
            "tw_' OR 1=1 --".to_owned(),
        ] {
            assert_eq!(app.status_by_key(&key).await, 401, "{key:.80}");
        }
        assert_eq!(app.status_by_key(&secret).await, 200);
        let malformed = app.gql_by_key("tw_x", "{ __typename }").await;
        assert_eq!((malformed.status.as_u16(), malformed.statements), (401, 0), "nothing is asked of the database");
    }

    async fn a_key_is_good_until_it_expires(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let secret = app.make_key(ada, &["CATALOGUE_READ"]).await.secret;
        app.app.clock.advance(TimeDelta::days(90) - TimeDelta::seconds(2));
        assert_eq!(app.status_by_key(&secret).await, 200);
        app.app.clock.advance(TimeDelta::seconds(3));
        assert_eq!(app.status_by_key(&secret).await, 401, "also while it is remembered");
        app.app.clock.advance(TimeDelta::days(1));
        assert_eq!(app.status_by_key(&secret).await, 401);
    }

    /// A key is as good as its account, and its person's role is that of now.
    async fn what_becomes_of_the_account_is_felt_within_five_seconds(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Admin).await;
        let secret = app.make_key(ada, &["CATALOGUE_READ", "JOBS_READ"]).await.secret;
        let jobs = "{ jobs { nodes { id } } }";
        app.gql_by_key(&secret, jobs).await.data();
        app.execute("UPDATE account SET role = 'CUSTOMER'").await;
        app.app.clock.advance(TimeDelta::seconds(4));
        assert_eq!(app.gql_by_key(&secret, jobs).await.error_code(), "FORBIDDEN");
        assert_eq!(app.status_by_key(&secret).await, 200);
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        app.app.clock.advance(TimeDelta::seconds(4));
        assert_eq!(app.status_by_key(&secret).await, 401);
        app.execute("UPDATE account SET status = 'ACTIVE'").await;
        app.app.clock.advance(TimeDelta::seconds(4));
        assert_eq!(app.status_by_key(&secret).await, 200, "who is let in again finds the keys");
    }

    async fn a_good_key_is_remembered_for_a_moment(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let secret = app.make_key(ada, &["CATALOGUE_READ"]).await.secret;
        let first = app.gql_by_key(&secret, SHOPS).await.statements;
        let second = app.gql_by_key(&secret, SHOPS).await.statements;
        assert_eq!((first, second), (3, 1), "one for the shops, two for whose the key is");
    }

    async fn a_new_password_revokes_all_keys(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let eve = app.holder("eve@example.com", Role::Customer).await;
        let (key, of_eve) = (app.make_key(ada, &["CATALOGUE_READ"]).await, app.make_key(eve, &["CATALOGUE_READ"]).await);
        assert_eq!(app.status_by_key(&key.secret).await, 200);
        app.deliver().await;
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": EMAIL })).await.done();
        let token = token(&app.deliver().await[0]);
        let input = json!({ "token": token, "newPassword": "seven lanterns harbour" });
        app.mutate(Actor::Anonymous, RESET, input).await.done();
        assert_eq!(app.status_by_key(&key.secret).await, 401);
        assert_eq!(app.status_by_key(&of_eve.secret).await, 200);
        let written: i64 = app.value("SELECT count(*) FROM audit_entry WHERE action = 'key.revoke'").await;
        assert_eq!(written, 1);
        let gone = app.mutate(ada, REVOKE, json!({ "id": key.id })).await;
        assert_eq!(gone.refusal().0, "CONFLICT");
    }
}

/// Another process forgets within five seconds.
#[tokio::test]
async fn revoking_is_felt_in_other_processes_within_five_seconds() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let app = TestApp::on_database(database, &[]).await;
    let ada = app.holder(EMAIL, Role::Customer).await;
    let key = app.make_key(ada, &["CATALOGUE_READ"]).await;
    let other = tradewind::app::App::from_settings((*app.app.settings).clone())
        .await
        .unwrap();
    let router = tradewind::http::router(other.clone());
    let ask = async || {
        let mut request = crate::support::gql_request(Actor::Anonymous, SHOPS, &json!({}));
        let bearer = format!("Bearer {}", key.secret).parse().unwrap();
        request
            .headers_mut()
            .insert(axum::http::header::AUTHORIZATION, bearer);
        let answer = tower::ServiceExt::oneshot(router.clone(), request).await;
        answer.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 200);
    app.mutate(ada, REVOKE, json!({ "id": key.id }))
        .await
        .done();
    assert_eq!(app.status_by_key(&key.secret).await, 401);
    other.clock.advance(TimeDelta::seconds(4));
    assert_eq!(ask().await, 401);
}
