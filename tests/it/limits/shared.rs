//! Several servers, one Redis.

use super::{instance, some_address, some_key};
use crate::support::{RedisServer, TestApp, shared_redis};
use tradewind::platform::rate_limits::Limit;

#[tokio::test]
async fn two_servers_share_a_limit() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let key = some_key();
    assert_eq!(one.let_through(Limit::Mail, &key, 3).await, 3);
    assert_eq!(other.let_through(Limit::Mail, &key, 10).await, 2);
    assert_eq!(one.let_through(Limit::Mail, &key, 10).await, 0);
    assert_eq!(other.let_through(Limit::Mail, &some_key(), 1).await, 1);
    // What was not spent after all is there for all.
    one.app
        .rate_limits
        .give_back(Limit::Mail, &key, 2)
        .await
        .unwrap();
    assert_eq!(other.let_through(Limit::Mail, &key, 10).await, 2);
    assert_eq!(one.let_through(Limit::Mail, &key, 10).await, 0);
}

#[tokio::test]
async fn all_or_none_is_spent_at_once() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let (key, limits) = (some_key(), &other.app.rate_limits);
    assert_eq!(one.let_through(Limit::Mail, &key, 2).await, 2);
    assert!(limits.spend(Limit::Mail, &key, 4).await.is_err());
    limits.spend(Limit::Mail, &key, 3).await.unwrap();
    assert!(!one.may(Limit::Mail, &key).await);
}

/// Through the door: what one server let in counts at the other.
#[tokio::test]
async fn sign_ins_of_an_address_count_at_all_servers() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let address = some_address();
    let mut refused = 0;
    for number in 0..18 {
        let email = format!("nobody-{number}-{}@example.com", some_key());
        for app in [&one, &other] {
            let reply = app
                .try_to_sign_in(address, &email, "a wrong password")
                .await;
            refused += u32::from(reply.status == 429);
            assert!(reply.status == 429 || reply.data()["sessionCreate"]["accessToken"].is_null());
        }
    }
    let hashes = one.app.passwords.hashes() + other.app.passwords.hashes();
    // Some come back while it runs: one in two seconds.
    assert!((30..36).contains(&hashes), "{hashes}");
    assert_eq!(u64::from(refused), 36 - hashes);
}

#[tokio::test]
async fn spends_of_two_servers_at_once_all_count() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let key = some_key();
    let spend = async |app: &TestApp| {
        let tries = (0..40).map(|_| app.may(Limit::SignUp, &key));
        let passed = futures_util::future::join_all(tries).await;
        passed.into_iter().filter(|passed| *passed).count()
    };
    let (first, second) = tokio::join!(spend(&one), spend(&other));
    assert_eq!(first + second, 10);
}

#[tokio::test]
async fn two_servers_share_who_guesses() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let key = some_key();
    one.fail(&key, 5).await;
    assert!(!other.has_to_wait(&key).await);
    other.fail(&key, 4).await;
    assert!(one.has_to_wait(&key).await && other.has_to_wait(&key).await);
    // Whoever was let in at one has shown to all who it is.
    other.succeed(&key).await;
    assert!(!one.has_to_wait(&key).await);
    one.fail(&key, 5).await;
    assert!(!other.has_to_wait(&key).await);
}

#[tokio::test]
async fn attempts_that_come_together_are_not_all_the_first() {
    let Some(url) = shared_redis() else { return };
    let (one, other) = (instance(&url).await, instance(&url).await);
    let key = some_key();
    let begin = async |app: &TestApp| {
        let now = app.app.clock.now();
        let tries = (0..20).map(|_| app.app.password_failures.begin(&key, now));
        let begun = futures_util::future::join_all(tries).await;
        begun
            .into_iter()
            .filter(|wait| wait.as_ref().unwrap().is_none())
            .count()
    };
    let (first, second) = tokio::join!(begin(&one), begin(&other));
    assert_eq!(first + second, 6);
}

#[tokio::test]
async fn scripts_that_redis_forgot_are_sent_again() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (instance(&server.url()).await, instance(&server.url()).await);
    assert_eq!(one.let_through(Limit::Mail, "a", 2).await, 2);
    one.fail("a", 2).await;
    assert_eq!(server.tell("SCRIPT FLUSH").trim(), "+OK");
    assert_eq!(other.let_through(Limit::Mail, "a", 10).await, 3);
    server.tell("SCRIPT FLUSH");
    other.fail("a", 4).await;
    assert!(one.has_to_wait("a").await);
}

#[tokio::test]
async fn what_redis_keeps_is_named_by_hashes_and_goes_by_itself() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let app = instance(&server.url()).await;
    let (email, address) = ("canary@example.com", "192.0.2.77".parse().unwrap());
    app.try_to_sign_in(address, email, "a wrong password").await;
    let keys = server.tell("KEYS *");
    assert!(keys.starts_with("*2"), "{keys}");
    assert!(
        keys.contains("tradewind:limit:sign_in:") && keys.contains("tradewind:throttle:password:"),
        "{keys}"
    );
    assert!(
        !keys.contains("canary") && !keys.contains("192.0.2.77"),
        "{keys}"
    );
    let keys = keys.lines().filter(|line| line.starts_with("tradewind:"));
    for key in keys {
        let left = server.tell(&format!("TTL {key}"));
        let left: i64 = left.trim().trim_start_matches(':').parse().unwrap();
        assert!((1..=86_400).contains(&left), "{key}: {left}");
    }
}
