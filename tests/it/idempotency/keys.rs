//! Which keys are taken, and where.

use super::{KEYS, PAUSE};
use crate::support::{TestApp, admin, gql_request};
use async_graphql::{Context, EmptySubscription, Object, Request, Schema};
use axum::http::{HeaderValue, StatusCode};
use serde_json::json;
use tradewind::{
    caller::Actor::Anonymous,
    error::{Error, Result},
    graphql::idempotent::once_required,
};

const BY_DIRECTIVE: &str = "mutation ($key: String!) {
    queuePause(input: { name: \"default\" }) @idempotent(key: $key) { queue { name } }
}";

#[tokio::test]
async fn a_key_is_short_and_printable() {
    let app = TestApp::on_sqlite().await;
    for key in ["", "a\nb", "\u{0}", &"a".repeat(256), &"a".repeat(100_000)] {
        let reply = app
            .gql_as(admin(), BY_DIRECTIVE, json!({ "key": key }))
            .await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        let details = &reply.body["errors"][0]["extensions"]["details"];
        assert_eq!(details[0]["field"], "key", "{}", reply.body);
        assert!(reply.body.to_string().len() < 1_000);
    }
    let too_large = app
        .gql_as(
            admin(),
            BY_DIRECTIVE,
            json!({ "key": "a".repeat(10_000_000) }),
        )
        .await;
    assert_eq!(too_large.status, StatusCode::PAYLOAD_TOO_LARGE);
    for key in ["", &"a".repeat(256)] {
        let reply = app.gql_keyed(admin(), key, PAUSE, json!({})).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with("Idempotency-Key: "), "{message}");
    }
    assert_eq!(app.value::<i64>(KEYS).await, 0);

    let reply = app
        .gql_as(admin(), BY_DIRECTIVE, json!({ "key": "é".repeat(255) }))
        .await;
    reply.data();
    assert_eq!(app.value::<i64>(KEYS).await, 1);
}

#[tokio::test]
async fn a_header_is_one_line_of_ascii() {
    let app = TestApp::on_sqlite().await;
    for values in [&[b"a".as_slice(), b"b"][..], &[b"\xff"], &["é".as_bytes()]] {
        let mut request = gql_request(admin(), PAUSE, &json!({}));
        for value in values {
            let value = HeaderValue::from_bytes(value).unwrap();
            request.headers_mut().append("idempotency-key", value);
        }
        let reply = app.send(request).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn a_header_is_for_one_mutation_and_a_directive_for_its_field() {
    let app = TestApp::on_sqlite().await;
    let field = "queuePause(input: { name: \"default\" }) { queue { name } }";
    for several in [
        format!("mutation {{ a: {field} b: {field} }}"),
        format!("mutation {{ a: {field} ... {{ b: {field} }} }}"),
        format!("mutation {{ ...F b: {field} }} fragment F on Mutation {{ a: {field} }}"),
    ] {
        let reply = app.gql_keyed(admin(), "a", &several, json!({})).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{several}");
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("@idempotent"), "{message}");
    }
    for misplaced in [
        "{ queues @idempotent(key: \"a\") { name } }",
        "mutation { queuePause(input: { name: \"default\" }) { queue @idempotent(key: \"a\") { name } } }",
        "mutation @idempotent(key: \"a\") { queuePause(input: { name: \"default\" }) { queue { name } } }",
        "mutation { ...F @idempotent(key: \"a\") } fragment F on Mutation { queuePause(input: { name: \"default\" }) { queue { name } } }",
    ] {
        let reply = app.gql_as(admin(), misplaced, json!({})).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{misplaced}");
    }
    for written_badly in [
        "@idempotent",
        "@idempotent(key: null)",
        "@idempotent(key: 1)",
        "@idempotent(key: \"a\") @idempotent(key: \"b\")",
    ] {
        let document = PAUSE.replace(") {", &format!(") {written_badly} {{"));
        let reply = app.gql_as(admin(), &document, json!({})).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{document}");
    }
    let both = app
        .gql_keyed(admin(), "a", BY_DIRECTIVE, json!({ "key": "b" }))
        .await;
    assert_eq!(both.error_code(), "VALIDATION_ERROR");
    assert_eq!(app.value::<i64>(KEYS).await, 0);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM job_queue").await, 0);

    let both = app
        .gql_keyed(admin(), "a", BY_DIRECTIVE, json!({ "key": "a" }))
        .await;
    both.data();
    // Some clients send the header with everything.
    let query = app
        .gql_keyed(
            admin(),
            &"a".repeat(1_000),
            "{ queues { name } }",
            json!({}),
        )
        .await;
    query.data();
    assert_eq!(
        query.body["extensions"]["idempotency"],
        serde_json::Value::Null
    );
}

#[tokio::test]
async fn actors_do_not_share_keys() {
    let app = TestApp::on_sqlite().await.with_effects().await;
    let intent = super::intent("0123456789abcdef", &json!({}));
    for (actor, replayed) in [
        (admin(), false),
        (Anonymous, false),
        (admin(), true),
        (Anonymous, true),
    ] {
        let work = async |tx: &_| super::write(tx, "done").await;
        let once = app.caller(actor).once(&intent, work).await.unwrap();
        assert_eq!(once.replayed, replayed, "{actor:?}");
    }
    assert_eq!(app.effects().await.len(), 2);

    let guessable = super::intent("1", &json!({}));
    let refused = app
        .caller(Anonymous)
        .once(&guessable, async |_| Ok(()))
        .await;
    assert!(matches!(refused, Err(Error::IdempotencyKeyInvalid { .. })));
}

struct Query;

#[Object]
impl Query {
    async fn nothing(&self) -> bool {
        true
    }
}

/// Stands for what moves money.
struct Mutation;

#[Object]
impl Mutation {
    async fn pay(&self, ctx: &Context<'_>, amount: i32) -> Result<i32> {
        once_required(ctx, async |tx| {
            super::write(tx, &amount.to_string()).await?;
            Ok(amount)
        })
        .await
    }
}

#[tokio::test]
async fn what_moves_money_has_a_key() {
    let app = TestApp::on_sqlite().await.with_effects().await;
    let schema = Schema::build(Query, Mutation, EmptySubscription)
        .data(app.caller(admin()))
        .directive(tradewind::graphql::idempotent::idempotent)
        .finish();
    let pay = async |document: &str| schema.execute(Request::new(document)).await;
    let refused = pay("mutation { pay(amount: 5) }").await;
    let error = refused.errors[0].source::<Error>().unwrap();
    assert!(error.to_string().contains("Idempotency-Key"), "{error}");
    for _ in 0..2 {
        let paid = pay("mutation { pay(amount: 5) @idempotent(key: \"a\") }").await;
        assert_eq!(paid.data.into_json().unwrap(), json!({ "pay": 5 }));
    }
    assert_eq!(app.effects().await, ["5"]);
}
