//! The cookie of browsers.

use super::{CREATE, EMAIL, PASSWORD};
use crate::support::{Reply, TestApp, TestDatabase};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tradewind::caller::Role;

const REFRESH: &str = "mutation { sessionRefresh { session { id } accessToken refreshToken } }";
const END: &str = "mutation { sessionEnd { session { id } } }";

/// The cookie that an answer sets, and its attributes.
#[track_caller]
fn cookie(reply: &Reply) -> (String, Vec<String>) {
    let header = reply.header("set-cookie").expect("a cookie");
    let mut parts = header.split("; ").map(str::to_owned);
    (parts.next().unwrap(), parts.collect())
}

impl TestApp {
    async fn browser(&self) -> (String, Reply) {
        self.member(EMAIL, Role::Customer).await;
        let reply = self.create(EMAIL, PASSWORD, "BROWSER").await;
        (cookie(&reply).0, reply)
    }

    async fn refresh_with(&self, cookies: &[&str]) -> Reply {
        let headers: Vec<_> = cookies.iter().map(|cookie| ("cookie", *cookie)).collect();
        self.gql_with(&headers, REFRESH, json!({})).await
    }
}

on_both_databases! {
    async fn a_browser_keeps_its_token_where_no_script_reads_it(app: TestApp) {
        let (first, reply) = app.browser().await;
        let payload = &reply.data()["sessionCreate"];
        assert_eq!(payload["refreshToken"], Value::Null);
        assert!(payload["accessToken"].is_string());
        assert!(first.starts_with("tradewind_refresh=twr_"), "{first}");
        let (_, attributes) = cookie(&reply);
        assert_eq!(attributes, ["Path=/graphql", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"]);

        let reply = app.refresh_with(&[&format!("theme=dark; {first}")]).await;
        assert_eq!(reply.data()["sessionRefresh"]["refreshToken"], Value::Null);
        let (second, _) = cookie(&reply);
        assert_ne!(first, second);
        let access = reply.data()["sessionRefresh"]["accessToken"].as_str().unwrap();
        let reply = app.gql_bearing(access, END, json!({})).await;
        reply.data();
        let (gone, attributes) = cookie(&reply);
        assert_eq!(gone, "tradewind_refresh=");
        assert!(attributes.contains(&"Max-Age=0".to_owned()), "{attributes:?}");
        let reply = app.refresh_with(&[&second]).await;
        assert_eq!(reply.error_code(), "UNAUTHENTICATED");
        assert_eq!(cookie(&reply).0, "tradewind_refresh=");
    }

    async fn two_cookies_are_none(app: TestApp) {
        let (first, _) = app.browser().await;
        let slipped_in = "tradewind_refresh=twr_another";
        for cookies in [&[slipped_in, &*first][..], &[&*first, slipped_in], &[&format!("{first}; {slipped_in}")], &[]] {
            assert_eq!(app.refresh_with(cookies).await.error_code(), "UNAUTHENTICATED");
        }
        app.refresh_with(&[&first]).await.data();
    }

    /// Nor does a page of another site get anywhere: what a form can send is refused, and links change nothing.
    async fn a_cookie_alone_says_nothing(app: TestApp) {
        let (first, _) = app.browser().await;
        let reply = app.gql_with(&[("cookie", &first)], "{ viewer { sessions { totalCount } } }", json!({})).await;
        assert_eq!(reply.data()["viewer"], Value::Null);
        let reply = app.gql_with(&[("cookie", &first)], END, json!({})).await;
        assert_eq!(reply.error_code(), "UNAUTHENTICATED");
        let body = json!({ "query": REFRESH }).to_string();
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let request = Request::post("/graphql").header("cookie", &first).header("content-type", kind);
            let reply = app.send(request.body(Body::from(body.clone())).unwrap()).await;
            assert_eq!(reply.status, 415, "{kind}");
        }
        let link = "/graphql?query=mutation%7BsessionRefresh%7BaccessToken%7D%7D";
        let reply = app.send(Request::get(link).header("cookie", &first).body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 405);
        app.app.clock.advance(TimeDelta::seconds(11));
        app.refresh_with(&[&first]).await.data();
    }
}

#[tokio::test]
async fn in_production_it_goes_over_tls_only() {
    let key = super::keys::private_key();
    let flags = [
        ("--tradewind-env", "production"),
        ("--jwt-private-key", &*key),
    ];
    let app = TestApp::on_database(TestDatabase::sqlite().await, &flags).await;
    app.member(EMAIL, Role::Customer).await;
    let variables = json!({ "email": EMAIL, "password": PASSWORD, "kind": "BROWSER" });
    let reply = app.gql(CREATE, variables).await;
    assert!(cookie(&reply).1.contains(&"Secure".to_owned()));
}
