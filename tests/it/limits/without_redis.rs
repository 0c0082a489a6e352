//! Redis is away, hangs, or has lost everything: limits hold all the same, and nobody gets an error.

use super::{instance, some_address};
use crate::support::{RedisServer, TestApp};
use tradewind::{error::Error, platform::rate_limits::Limit};

/// What must hold while Redis does not answer `app`, which let three of five through before, and saw five failures.
async fn goes_by_what_it_knows(app: &TestApp) {
    let before = (
        app.counted_alone("mail").await,
        app.counted_alone("password").await,
    );
    assert_eq!(app.let_through(Limit::Mail, "a", 10).await, 2);
    assert_eq!(app.let_through(Limit::Mail, "b", 20).await, 5);
    assert!(!app.has_to_wait("a").await);
    app.fail("a", 4).await;
    assert!(app.has_to_wait("a").await);
    assert!(app.counted_alone("mail").await >= before.0 + 7);
    assert!(app.counted_alone("password").await >= before.1 + 6);
    app.until_redis_answers(false).await;
}

async fn knows_something(app: &TestApp) {
    assert_eq!(app.let_through(Limit::Mail, "a", 3).await, 3);
    app.fail("a", 5).await;
    assert_eq!(
        app.get("/health/ready").await.body["notices"],
        serde_json::Value::Null
    );
}

#[tokio::test]
async fn it_is_killed_and_comes_back_empty() {
    let Some(mut server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (instance(&server.url()).await, instance(&server.url()).await);
    knows_something(&one).await;
    server.kill();
    goes_by_what_it_knows(&one).await;
    server.start_again();
    one.until_redis_answers(true).await;
    other.until_redis_answers(true).await;
    // The new one is told what was counted meanwhile.
    assert!(one.has_to_wait("a").await);
    assert!(other.has_to_wait("a").await);
    assert_eq!(one.let_through(Limit::SignUp, "a", 4).await, 4);
    assert_eq!(other.let_through(Limit::SignUp, "a", 10).await, 6);
}

#[tokio::test]
async fn it_hangs_and_goes_on() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (instance(&server.url()).await, instance(&server.url()).await);
    knows_something(&one).await;
    server.freeze();
    goes_by_what_it_knows(&one).await;
    server.thaw();
    one.until_redis_answers(true).await;
    other.until_redis_answers(true).await;
    // Failures that it was not told of count as well.
    assert!(one.has_to_wait("a").await);
    one.fail("a", 1).await;
    assert!(other.has_to_wait("a").await);
}

#[tokio::test]
async fn it_is_paused() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let app = instance(&server.url()).await;
    knows_something(&app).await;
    assert_eq!(server.tell("CLIENT PAUSE 600000 ALL").trim(), "+OK");
    goes_by_what_it_knows(&app).await;
}

#[tokio::test]
async fn it_lost_everything() {
    let Some(server) = RedisServer::start() else {
        return;
    };
    let (one, other) = (instance(&server.url()).await, instance(&server.url()).await);
    knows_something(&one).await;
    server.tell("FLUSHALL");
    // Whoever knows of it tells it again.
    assert_eq!(one.let_through(Limit::Mail, "a", 1).await, 1);
    assert_eq!(other.let_through(Limit::Mail, "a", 10).await, 1);
    assert!(!one.has_to_wait("a").await);
    other.fail("a", 3).await;
    assert!(one.has_to_wait("a").await);
}

/// Nothing listens there, and never did.
#[tokio::test]
async fn it_was_never_there() {
    let app = instance("redis://127.0.0.1:9").await;
    let address = some_address();
    let mut refused = 0;
    for _ in 0..33 {
        let reply = app
            .try_to_sign_in(address, "ada@example.com", "a wrong password")
            .await;
        refused += u32::from(reply.status == 429);
        assert!(reply.status == 429 || reply.data()["sessionCreate"]["accessToken"].is_null());
    }
    assert!(refused > 0 && app.app.passwords.hashes() >= 30);
    assert!(app.has_to_wait("ada@example.com").await);
    let ready = app.get("/health/ready").await;
    assert_eq!(ready.status, 200);
    let notice = ready.body["notices"][0].as_str().unwrap();
    assert!(notice.contains("Redis does not answer"), "{notice}");
}

on_both_databases! {
    /// It would be held open for as long as the network likes; with Redis or without, so that every test sees it.
    async fn nothing_is_spent_inside_a_transaction(app: TestApp) {
        let refused = app.app.transaction(async |_| {
            let limits = &app.app.rate_limits;
            assert!(matches!(limits.give_back(Limit::Mail, "a", 1).await, Err(Error::Internal { .. })));
            let failures = &app.app.password_failures;
            let begun = failures.begin("a", app.app.clock.now()).await;
            assert!(matches!(begun, Err(Error::Internal { .. })));
            limits.spend(Limit::Mail, "a", 1).await
        });
        assert!(matches!(refused.await, Err(Error::Internal { .. })));
        assert!(app.may(Limit::Mail, "a").await);
    }
}
