//! Guessing passwords.

use super::{CREATE, EMAIL, PASSWORD};
use crate::support::{Reply, TestApp, gql_request};
use axum::{extract::ConnectInfo, http::header};
use chrono::TimeDelta;
use serde_json::json;
use std::net::SocketAddr;
use tradewind::caller::{Actor, Role};

impl TestApp {
    /// Tries to sign in from an address, with a program.
    async fn try_from(&self, address: &str, program: &str, password: &str) -> Reply {
        let variables = json!({ "email": EMAIL, "password": password, "kind": "APP" });
        let mut request = gql_request(Actor::Anonymous, CREATE, &variables);
        let peer = SocketAddr::new(address.parse().unwrap(), 4_000);
        request.extensions_mut().insert(ConnectInfo(peer));
        let program = program.parse().unwrap();
        request.headers_mut().insert(header::USER_AGENT, program);
        self.send(request).await
    }
}

fn is_in(reply: &Reply) -> bool {
    reply.data()["sessionCreate"]["accessToken"].is_string()
}

on_both_databases! {
    /// The right password is answered like a wrong one, to the letter, until the wait is over; but not to its owner.
    async fn who_guesses_waits_and_the_owner_does_not(app: TestApp) {
        app.member(EMAIL, Role::Customer).await;
        assert!(is_in(&app.try_from("192.0.2.1", "Home", PASSWORD).await));
        let wrong = app.try_from("198.51.100.1", "Evil", "a wrong password").await;
        assert!(!is_in(&wrong));
        for _ in 0..9 {
            app.try_from("198.51.100.1", "Evil", "a wrong password").await;
        }
        let right = app.try_from("198.51.100.2", "Evil", PASSWORD).await;
        assert_eq!(right.body, wrong.body);
        assert!(is_in(&app.try_from("192.0.2.1", "Home", PASSWORD).await));
        // Whoever was let in has shown who it is, so others begin anew.
        assert!(is_in(&app.try_from("198.51.100.2", "Evil", PASSWORD).await));

        for _ in 0..10 {
            app.try_from("203.0.113.9", "Evil", "a wrong password").await;
        }
        assert!(!is_in(&app.try_from("203.0.113.10", "Other", PASSWORD).await));
        app.app.clock.advance(TimeDelta::minutes(16));
        assert!(is_in(&app.try_from("203.0.113.10", "Other", PASSWORD).await));
    }
}

/// Sixty in one document are sixty, where the operator lets so many be sent at all.
#[tokio::test]
async fn one_address_has_so_many_tries() {
    let app = TestApp::on_sqlite_with(&[
        ("--graphql-max-secret-fields", "60"),
        ("--graphql-max-root-fields", "60"),
    ])
    .await;
    let fields: Vec<_> = (0..60)
        .map(|number| format!(
            "a{number}: sessionCreate(input: {{ email: \"nobody@example.com\", password: \"guess number {number}\", kind: APP }}) {{ userErrors {{ code }} }}"
        ))
        .collect();
    let document = format!("mutation {{ {} }}", fields.join(" "));
    let mut request = gql_request(Actor::Anonymous, &document, &json!({}));
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 4_000))));
    let reply = app.send(request).await;
    assert_eq!(reply.error_code(), "RATE_LIMITED", "{:#}", reply.body);
    let again = app.try_from("192.0.2.7", "Any", "a wrong password").await;
    assert_eq!(
        (again.status.as_u16(), again.error_code()),
        (429, "RATE_LIMITED")
    );
    assert!(again.header("retry-after").is_some());
    assert!(!is_in(
        &app.try_from("192.0.2.8", "Any", "a wrong password").await
    ));
}
