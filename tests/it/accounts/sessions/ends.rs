//! Signing in, seeing one's sessions, and ending them.

use super::{CREATE, EMAIL, PASSWORD, SESSIONS, Signed};
use crate::support::{TestApp, gql_request};
use axum::extract::ConnectInfo;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tradewind::{
    app::App,
    caller::{Actor, Role},
};

const END: &str = "mutation { sessionEnd { session { id endedAt } userErrors { code } } }";
const END_OTHER: &str = "mutation($id: ID!) { sessionEndOther(input: { id: $id }) { session { id endedAt } userErrors { code field } } }";
const END_ALL: &str = "mutation($keep: Boolean!) { sessionEndAll(input: { keepCurrent: $keep }) { endedCount userErrors { code } } }";

on_both_databases! {
    async fn whoever_signs_in_is_known(app: TestApp) {
        app.member(EMAIL, Role::Admin).await;
        let mut request = gql_request(Actor::Anonymous, CREATE,
            &json!({ "email": EMAIL, "password": PASSWORD, "kind": "APP" }));
        let long = "phone ".repeat(100);
        request.headers_mut().insert("user-agent", long.parse().unwrap());
        request.headers_mut().insert("x-forwarded-for", "1.1.1.1".parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 7], 4_711))));
        let reply = app.send(request).await;
        let payload = &reply.data()["sessionCreate"];
        let signed = Signed::of(payload);
        assert_eq!(payload["userErrors"], json!([]));
        assert_eq!(payload["session"]["current"], true, "its tokens are in the answer");
        assert!(reply.header("set-cookie").is_none(), "an app keeps its token itself");
        assert_eq!(reply.header("cache-control"), Some("no-store"));

        let reply = app.gql_bearing(&signed.access, SESSIONS, json!({})).await;
        let sessions = &reply.data()["viewer"]["sessions"];
        assert_eq!(sessions["totalCount"], 1);
        let session = &sessions["nodes"][0];
        assert_eq!(session["id"], signed.session);
        assert_eq!(session["device"], long[..200]);
        assert_eq!(session["ip"], "203.0.113.7", "nobody trusts what a client writes");
        assert_eq!(session["current"], true);
        // What the account may do counts.
        let queues = app.gql_bearing(&signed.access, "{ queues { name } }", json!({})).await;
        assert!(queues.data()["queues"].is_array());

        let reply = app.gql("{ viewer { sessions { totalCount } } }", json!({})).await;
        assert_eq!(reply.data()["viewer"], Value::Null);
    }

    async fn the_session_that_is_gone_on_with_is_the_current_one(app: TestApp) {
        let phone = app.signed_in().await;
        let reply = app.refresh(&phone.refresh).await;
        let payload = &reply.data()["sessionRefresh"];
        assert_eq!((&payload["session"]["id"], &payload["session"]["current"]), (&json!(phone.session), &json!(true)));
        let variables = json!({ "email": EMAIL, "password": PASSWORD, "kind": "APP" });
        let laptop = app.gql_bearing(&phone.access, CREATE, variables).await;
        let laptop = Signed::of(&laptop.data()["sessionCreate"]);
        let reply = app.gql_bearing(&laptop.access, SESSIONS, json!({})).await;
        let nodes = reply.data()["viewer"]["sessions"]["nodes"].as_array().unwrap();
        let current: Vec<_> = nodes.iter().filter(|node| node["current"] == true).map(|node| &node["id"]).collect();
        assert_eq!((nodes.len(), current), (2, vec![&json!(laptop.session)]));
    }

    async fn what_does_not_fit_is_one_answer(app: TestApp) {
        let id = app.member(EMAIL, Role::Customer).await;
        let wrong = app.create(EMAIL, "another password", "APP").await;
        let unknown = app.create("eve@example.com", PASSWORD, "APP").await;
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        let suspended = app.create(EMAIL, PASSWORD, "APP").await;
        let payload = &wrong.data()["sessionCreate"];
        assert_eq!(payload["accessToken"], Value::Null);
        assert_eq!(payload["userErrors"][0]["field"], json!(["password"]));
        for other in [unknown, suspended] {
            assert_eq!(other.data()["sessionCreate"], *payload);
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM session").await, 0, "{id:?}");
    }

    async fn a_session_that_is_ended_is_over_at_once(app: TestApp) {
        let signed = app.signed_in().await;
        assert_eq!(app.status_bearing(&signed.access).await, 200);
        let reply = app.gql_bearing(&signed.access, END, json!({})).await;
        let payload = &reply.data()["sessionEnd"];
        assert_eq!(payload["session"]["id"], signed.session);
        assert!(payload["session"]["endedAt"].is_string());
        assert_eq!(app.status_bearing(&signed.access).await, 401);
        assert_eq!(app.refresh(&signed.refresh).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM refresh_token").await, 0);
        assert_eq!(app.value::<String>("SELECT end_reason FROM session").await, "SIGNED_OUT");
    }

    async fn other_processes_feel_it_within_five_seconds(app: TestApp) {
        let signed = app.signed_in().await;
        let other = App::from_settings((*app.app.settings).clone()).await.unwrap();
        let elsewhere = TestApp {
            router: tradewind::http::router(other.clone()),
            app: other,
            database: crate::support::TestDatabase::empty_sqlite(),
            mails: crate::support::Mails::default(),
        };
        assert_eq!(elsewhere.status_bearing(&signed.access).await, 200);
        app.gql_bearing(&signed.access, END, json!({})).await.data();
        // It is remembered there, which is what keeps the database from being asked by every request.
        assert_eq!(elsewhere.status_bearing(&signed.access).await, 200);
        elsewhere.app.clock.advance(TimeDelta::seconds(5));
        assert_eq!(elsewhere.status_bearing(&signed.access).await, 401);
    }

    async fn a_suspended_account_is_out_within_five_seconds(app: TestApp) {
        let signed = app.signed_in().await;
        assert_eq!(app.status_bearing(&signed.access).await, 200);
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        app.app.clock.advance(TimeDelta::seconds(5));
        assert_eq!(app.status_bearing(&signed.access).await, 401);
        assert_eq!(app.refresh(&signed.refresh).await.error_code(), "UNAUTHENTICATED");
        app.execute("UPDATE account SET status = 'ACTIVE', role = 'ADMIN'").await;
        app.app.clock.advance(TimeDelta::seconds(5));
        let queues = app.gql_bearing(&signed.access, "{ queues { name } }", json!({})).await;
        assert!(queues.data()["queues"].is_array(), "the role is that of now");
    }

    async fn one_ends_ones_own_and_no_others(app: TestApp) {
        let phone = app.signed_in().await;
        let laptop = app.sign_in(EMAIL).await;
        app.member("eve@example.com", Role::Admin).await;
        let eve = app.sign_in("eve@example.com").await;

        let foreign = app.gql_bearing(&eve.access, END_OTHER, json!({ "id": phone.session })).await;
        let payload = &foreign.data()["sessionEndOther"];
        assert_eq!(payload["session"], Value::Null);
        assert_eq!(payload["userErrors"][0], json!({ "code": "NOT_FOUND", "field": ["id"] }));
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let seen = app.gql_bearing(&eve.access, node, json!({ "id": phone.session })).await;
        assert_eq!(seen.error_code(), "NOT_FOUND");
        let seen = app.gql(node, json!({ "id": phone.session })).await;
        assert_eq!(seen.error_code(), "NOT_FOUND");
        let seen = app.gql_bearing(&phone.access, node, json!({ "id": phone.session })).await;
        assert_eq!(seen.data()["node"]["id"], phone.session);

        let ended = app.gql_bearing(&laptop.access, END_OTHER, json!({ "id": phone.session })).await;
        assert_eq!(ended.data()["sessionEndOther"]["session"]["id"], phone.session);
        assert_eq!(app.status_bearing(&phone.access).await, 401);
        assert_eq!(app.status_bearing(&laptop.access).await, 200);
        let again = app.gql_bearing(&laptop.access, END_OTHER, json!({ "id": phone.session })).await;
        assert_eq!(again.data()["sessionEndOther"]["userErrors"][0]["code"], "NOT_FOUND");

        let (phone, tablet) = (app.sign_in(EMAIL).await, app.sign_in(EMAIL).await);
        let ended = app.gql_bearing(&phone.access, END_ALL, json!({ "keep": true })).await;
        assert_eq!(ended.data()["sessionEndAll"]["endedCount"], 2);
        assert_eq!(app.status_bearing(&tablet.access).await, 401);
        let ended = app.gql_bearing(&phone.access, END_ALL, json!({ "keep": false })).await;
        assert_eq!(ended.data()["sessionEndAll"]["endedCount"], 1);
        assert_eq!(app.status_bearing(&phone.access).await, 401);
        assert_eq!(app.status_bearing(&eve.access).await, 200);
        for document in [END, END_ALL, SESSIONS] {
            let reply = app.gql(document, json!({ "keep": false })).await;
            assert!(reply.body["data"]["viewer"].is_null(), "{document}");
        }
    }

    async fn idempotency_keys_keep_no_tokens(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        let variables = json!({ "email": EMAIL, "password": PASSWORD, "kind": "APP" });
        let key = "0123456789abcdef0123";
        let mut tokens = Vec::new();
        for _ in 0..2 {
            let reply = app.gql_keyed(Actor::Anonymous, key, CREATE, variables.clone()).await;
            tokens.push(Signed::of(&reply.data()["sessionCreate"]).refresh);
        }
        assert_ne!(tokens[0], tokens[1]);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM idempotency_key").await, 0);
    }
}
