//! Ten thousand guesses: how many are tried, what they tell, and what they leave in memory.
//!
//! `cargo test --test it ten_thousand -- --nocapture` prints the figures.

use super::{CREATE, EMAIL, PASSWORD};
use crate::support::{Reply, TestApp, TestDatabase, gql_request};
use axum::{
    extract::ConnectInfo,
    http::{HeaderValue, header},
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::{net::SocketAddr, time::Instant};
use tradewind::{
    caller::{Actor, Role},
    platform::rate_limits::Limit,
};

const GUESSES: usize = 10_000;
const AT_ONCE: usize = 4;

/// A server behind a proxy.
async fn behind_a_proxy() -> TestApp {
    let flags = [
        ("--trusted-proxies", "10.0.0.1"),
        // By default there is one such field in a document, and guessing ends there.
        ("--graphql-max-secret-fields", "100"),
        ("--graphql-max-root-fields", "100"),
    ];
    TestApp::on_database(TestDatabase::sqlite().await, &flags).await
}

impl TestApp {
    /// A try by way of the proxy. What a client writes into the header itself stands before what the proxy adds.
    async fn guess(&self, from: &str, program: &str, email: &str, password: &str) -> Reply {
        let variables = json!({ "email": email, "password": password, "kind": "APP" });
        let mut request = gql_request(Actor::Anonymous, CREATE, &variables);
        let proxy = SocketAddr::from(([10, 0, 0, 1], 4_000));
        request.extensions_mut().insert(ConnectInfo(proxy));
        let forwarded: HeaderValue = format!("203.0.113.1, {from}").parse().unwrap();
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", forwarded);
        headers.insert(header::USER_AGENT, program.parse().unwrap());
        self.send(request).await
    }

    /// How many of the answers are 429; the others must be like `wrong`, to the letter.
    async fn guess_all<'a>(
        &self,
        wrong: &Reply,
        guesses: impl Iterator<Item = (String, String, &'a str)>,
    ) -> usize {
        let replies = guesses.map(|(from, email, password)| async move {
            self.guess(&from, "Evil", &email, password).await
        });
        let replies = stream::iter(replies).buffer_unordered(AT_ONCE);
        replies
            .fold(0, async |refused, reply| {
                if reply.status == 429 {
                    assert_eq!(reply.error_code(), "RATE_LIMITED");
                    return refused + 1;
                }
                assert_eq!(reply.data(), wrong.data());
                refused
            })
            .await
    }
}

/// Of one account, from sixteen addresses. The right password is among them a hundred times, once the first few were wrong.
#[tokio::test(flavor = "multi_thread")]
async fn of_one_account_from_many_addresses() {
    const ADDRESSES: usize = 16;
    let app = behind_a_proxy().await;
    app.member(EMAIL, Role::Customer).await;
    let home = app.guess("192.0.2.1", "Home", EMAIL, PASSWORD).await;
    assert!(home.data()["sessionCreate"]["accessToken"].is_string());
    let wrong = app
        .guess("192.0.2.9", "Evil", EMAIL, "a wrong password")
        .await;
    for _ in 0..9 {
        app.guess("192.0.2.9", "Evil", EMAIL, "a wrong password")
            .await;
    }
    let (hashes, began) = (app.app.passwords.hashes(), Instant::now());
    let guesses = (0..GUESSES).map(|number| {
        let password = if number % 100 == 7 {
            PASSWORD
        } else {
            "a wrong password"
        };
        let from = format!("198.51.100.{}", number % ADDRESSES);
        (from, EMAIL.to_owned(), password)
    });
    let refused = app.guess_all(&wrong, guesses).await;
    let (hashes, took) = (app.app.passwords.hashes() - hashes, began.elapsed());
    let tried = u64::try_from(GUESSES - refused).unwrap();
    eprintln!(
        "of one account: {GUESSES} guesses from {ADDRESSES} addresses in {took:.1?}: {tried} tried, {refused} refused before a hash, none told"
    );
    assert_eq!(hashes, tried);
    let most = u64::try_from(ADDRESSES).unwrap() * (31 + took.as_secs() / 2);
    assert!((480..=most).contains(&tried), "{tried} of at most {most}");

    // Whoever comes from elsewhere with the right password cannot tell either, and its owner is let in.
    let elsewhere = app.guess("192.0.2.10", "Evil", EMAIL, PASSWORD).await;
    // But for how full the bucket is, out of which requests are paid.
    assert_eq!(elsewhere.body["data"], wrong.body["data"]);
    assert_eq!(elsewhere.body["errors"], wrong.body["errors"]);
    let home = app.guess("192.0.2.1", "Home", EMAIL, PASSWORD).await;
    assert!(home.data()["sessionCreate"]["accessToken"].is_string());
    assert_eq!(app.app.password_failures.keys(), 0);
    assert!(app.app.rate_limits.keys(Limit::SignIn) <= 20);
}

/// Of ten thousand accounts, from one address: a list of passwords that leaked elsewhere. One of them is right.
#[tokio::test(flavor = "multi_thread")]
async fn of_many_accounts_from_one_address() {
    let app = behind_a_proxy().await;
    app.member(EMAIL, Role::Customer).await;
    let wrong = app
        .guess("192.0.2.9", "Evil", EMAIL, "a wrong password")
        .await;
    let (hashes, began) = (app.app.passwords.hashes(), Instant::now());
    let guesses = (0..GUESSES).map(|number| {
        // The right one comes when the address has nothing left.
        let (email, password) = match number {
            9_000 => (EMAIL.to_owned(), PASSWORD),
            _ => (format!("person{number}@example.com"), "a wrong password"),
        };
        ("198.51.100.1".to_owned(), email, password)
    });
    let refused = app.guess_all(&wrong, guesses).await;
    let (hashes, took) = (app.app.passwords.hashes() - hashes, began.elapsed());
    let tried = u64::try_from(GUESSES - refused).unwrap();
    eprintln!(
        "of many accounts: {GUESSES} guesses from one address in {took:.1?}: {tried} tried, {refused} refused before a hash"
    );
    assert_eq!(hashes, tried);
    assert!((30..=31 + took.as_secs() / 2).contains(&tried), "{tried}");
    // What was refused before it was looked at leaves nothing behind.
    assert!(app.app.password_failures.keys() <= tried + 1);
    assert!(app.app.rate_limits.keys(Limit::SignIn) <= 2);
    let home = app.guess("192.0.2.1", "Home", EMAIL, PASSWORD).await;
    assert!(home.data()["sessionCreate"]["accessToken"].is_string());
}

/// A document of a hundred is a hundred.
#[tokio::test]
async fn in_one_document_each_counts() {
    let app = behind_a_proxy().await;
    let one = |number: usize| format!("a{number}: sessionCreate(input: $input) {{ accessToken }}");
    let fields: Vec<_> = (0..100).map(one).collect();
    let document = format!(
        "mutation($input: SessionCreateInput!) {{ {} }}",
        fields.join(" ")
    );
    let input = json!({ "email": EMAIL, "password": "a wrong password", "kind": "APP" });
    let began = Instant::now();
    for _ in 0..2 {
        let mut request = gql_request(Actor::Anonymous, &document, &json!({ "input": input }));
        let proxy = SocketAddr::from(([10, 0, 0, 1], 4_000));
        request.extensions_mut().insert(ConnectInfo(proxy));
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        let reply = app.send(request).await;
        assert_eq!(reply.error_code(), "RATE_LIMITED");
    }
    let hashes = app.app.passwords.hashes();
    let most = 31 + began.elapsed().as_secs() / 2;
    assert!((30..=most).contains(&hashes), "{hashes}");
}
