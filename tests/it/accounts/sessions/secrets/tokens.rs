//! Signing in, refreshing, and a token that was stolen.

use super::super::{EMAIL, PASSWORD, Signed};
use crate::support::{TestApp, Watch};
use chrono::TimeDelta;
use serde_json::json;
use tradewind::caller::Role;

pub(super) async fn run(watch: &mut Watch, app: &TestApp) {
    app.member(EMAIL, Role::Customer).await;
    watch.secret("a password", PASSWORD);
    let browser = app.create(EMAIL, PASSWORD, "BROWSER").await;
    let cookie = browser.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    watch.secret("a cookie", cookie.split_once('=').unwrap().1);
    let refresh = "mutation { sessionRefresh { accessToken } }";
    let refreshed = app
        .gql_with(&[("cookie", &cookie)], refresh, json!({}))
        .await;
    let access = &refreshed.data()["sessionRefresh"]["accessToken"];
    watch.secret("an access token", access.as_str().unwrap());
    let wrong = watch.secret("a wrong password", "a wrong canary");
    watch.said(app.create(EMAIL, &wrong, "APP").await);

    let first = app.sign_in(EMAIL).await;
    let second = Signed::of(&app.refresh(&first.refresh).await.data()["sessionRefresh"]);
    app.status_bearing(&second.access).await;
    app.status_bearing(&format!("{}x", second.access)).await;
    app.app.clock.advance(TimeDelta::seconds(11));
    watch.said(app.refresh(&first.refresh).await);
    for signed in [first, second] {
        watch.secret("an access token", signed.access);
        watch.secret("a refresh token", signed.refresh);
    }
    for hash in app.column::<String>("SELECT hash FROM refresh_token").await {
        watch.kept("a token's hash", hash, "refresh_token");
    }
    for hash in app
        .column::<String>("SELECT password_hash FROM account_login")
        .await
    {
        watch.kept("a password's hash", hash, "account_login");
    }
    let pem: String = app.value("SELECT private_key FROM signing_key").await;
    watch.kept("a private key", pem.lines().nth(1).unwrap(), "signing_key");
    // It is the log of this: the end by reuse is in it.
    assert!(watch.logged().contains("a refresh token came again"));
}
