//! Signing in while the password is changed.

use super::{CREATE, EMAIL, PASSWORD};
use crate::support::{TestApp, gql_request};
use futures_util::future::join_all;
use serde_json::json;
use std::time::Duration;
use tradewind::caller::{Actor, Role};

const CHANGE: &str = "mutation($old: String!, $new: String!) {
    accountChangePassword(input: { currentPassword: $old, newPassword: $new }) { userErrors { code message } } }";

on_both_databases! {
    /// A password is checked for a while. Whoever had the old one must have no session in the end, however they were timed.
    async fn no_session_of_a_password_that_was_just_changed(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let mut present = PASSWORD.to_owned();
        for round in 0..8_u64 {
            let kept = app.create(EMAIL, &present, "APP").await;
            let bearer = kept.data()["sessionCreate"]["accessToken"].as_str().unwrap().to_owned();
            let next = format!("a lantern of round {round}");
            let change = async {
                let variables = json!({ "old": present, "new": next });
                let reply = app.gql_bearing(&bearer, CHANGE, variables).await;
                assert_eq!(reply.data()["accountChangePassword"]["userErrors"], json!([]));
            };
            let others = join_all((0..12).map(|place| {
                let variables = json!({ "email": EMAIL, "password": present, "kind": "APP" });
                let request = gql_request(Actor::Anonymous, CREATE, &variables);
                let app = &app;
                async move {
                    tokio::time::sleep(Duration::from_millis(place * 7)).await;
                    app.send(request).await
                }
            }));
            let ((), others) = tokio::join!(change, others);
            // On a busy machine some are told to come back later.
            let let_in = others.iter().filter(|reply| reply.body["data"]["sessionCreate"]["session"].is_object());
            println!("round {round}: {} of 12 got a session, which is over", let_in.count());
            let living: i64 = app.value("SELECT count(*) FROM session WHERE ended_at IS NULL").await;
            assert_eq!(living, 1, "only that of who changed it goes on");
            present = next;
        }
    }
}
