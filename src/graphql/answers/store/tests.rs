//! The rules of keeping, one step after the other.

use super::*;
use crate::platform::cache::CacheTag;
use async_graphql::{ServerError, Value, Variables, parser::parse_query};
use futures_util::FutureExt;
use std::pin::pin;
use uuid::Uuid;

const AGE: Duration = Duration::from_secs(30);

fn tag(number: u64) -> CacheTag {
    CacheTag::of("thing", Uuid::from_u128(number.into()))
}

fn key(number: u64) -> AnswerKey {
    let text = "query ($n: Int) { f(n: $n) }";
    let parsed = parse_query(text).unwrap();
    let document = crate::graphql::documents::Document::select(parsed, text.into(), None).unwrap();
    let variables = Variables::from_json(serde_json::json!({ "n": number }));
    AnswerKey::new(&document, &variables)
}

fn store(bytes: u64) -> (Answers, Arc<Purger>) {
    let mut settings = Settings::defaults();
    settings.caches.graphql_answers_bytes = bytes;
    let purger = Arc::new(Purger::default());
    (Answers::new(&settings, Arc::clone(&purger)), purger)
}

fn said(text: &str) -> Response {
    Response::new(Value::from(text))
}

fn made(max_age: Duration) -> Made {
    Made {
        max_age,
        operation: None,
        measures: None,
    }
}

/// The task of making an answer, which is then known to be made of `tags`.
async fn lead(answers: &Answers, key: AnswerKey, tags: &[CacheTag]) -> Making {
    let Asked::Make(making) = answers.ask(key).await else {
        panic!("it is there already");
    };
    making.recorder().record(tags.iter().copied());
    making
}

fn land(answers: &Answers, making: Making, text: &str, age: Duration) -> Arc<KeptAnswer> {
    let kept = answers.made(making, &mut said(text), made(age));
    kept.expect("it has no errors")
}

/// What is there; nothing where it is to be made.
async fn there(answers: &Answers, key: AnswerKey) -> Option<Bytes> {
    match answers.ask(key).await {
        Asked::Fresh(answer) | Asked::Stale(answer) => Some(answer.body().clone()),
        Asked::Make(_) | Asked::MakeAlone => None,
    }
}

#[tokio::test]
async fn what_was_read_before_a_write_is_not_kept_after_it() {
    let (answers, purger) = store(1_000_000);
    let making = lead(&answers, key(1), &[tag(1)]).await;
    purger.purge(&[tag(1)]);
    land(&answers, making, "old", AGE);
    assert_eq!(there(&answers, key(1)).await, None);

    let making = lead(&answers, key(1), &[tag(1)]).await;
    purger.purge(&[tag(2)]);
    let raw = RawKey {
        is_get: false,
        bytes: Bytes::from_static(b"{ f }"),
    };
    answers.know_raw(&raw, &land(&answers, making, "new", AGE));
    assert!(there(&answers, key(1)).await.is_some() && answers.by_raw(&raw).is_some());
    purger.purge(&[tag(1)]);
    assert!(there(&answers, key(1)).await.is_none() && answers.by_raw(&raw).is_none());
}

#[tokio::test]
async fn whoever_comes_after_a_write_is_not_told_what_was_before() {
    let (answers, purger) = store(1_000_000);
    let making = lead(&answers, key(1), &[tag(1)]).await;
    let mut early = pin!(answers.ask(key(1)));
    assert!(early.as_mut().now_or_never().is_none(), "it waits");
    purger.purge(&[tag(1)]);
    let mut late = pin!(answers.ask(key(1)));
    assert!(late.as_mut().now_or_never().is_none(), "it waits too");
    let old = land(&answers, making, "old", AGE);
    assert!(matches!(early.await, Asked::Fresh(answer) if Arc::ptr_eq(&answer, &old)));
    assert!(matches!(late.await, Asked::Make(_)));
}

/// Also where it is written between the landing and the look at what landed, and who waits came after another write.
#[tokio::test]
async fn what_lands_is_looked_at_again() {
    let (answers, purger) = store(1_000_000);
    let making = lead(&answers, key(1), &[tag(1)]).await;
    purger.purge(&[tag(2)]);
    let mut follower = pin!(answers.ask(key(1)));
    assert!(follower.as_mut().now_or_never().is_none());
    land(&answers, making, "old", AGE);
    purger.purge(&[tag(1)]);
    assert!(matches!(follower.await, Asked::Make(_)));
}

#[tokio::test]
async fn where_one_leaves_another_goes_on() {
    let (answers, _) = store(1_000_000);
    let making = lead(&answers, key(1), &[]).await;
    let mut one = pin!(answers.ask(key(1)));
    let mut other = pin!(answers.ask(key(1)));
    assert!(one.as_mut().now_or_never().is_none() && other.as_mut().now_or_never().is_none());
    drop(making);
    let Asked::Make(making) = one.await else {
        panic!("it goes on");
    };
    assert!(other.as_mut().now_or_never().is_none());
    land(&answers, making, "made", AGE);
    assert!(matches!(other.await, Asked::Fresh(_)));
}

#[tokio::test]
async fn errors_are_each_ones_own() {
    let (answers, _) = store(1_000_000);
    let making = lead(&answers, key(1), &[]).await;
    let mut follower = pin!(answers.ask(key(1)));
    assert!(follower.as_mut().now_or_never().is_none());
    let mut failed = Response::from_errors(vec![ServerError::new("it failed", None)]);
    assert!(answers.made(making, &mut failed, made(AGE)).is_none());
    assert!(matches!(follower.await, Asked::MakeAlone));
    assert_eq!(there(&answers, key(1)).await, None);
}

#[tokio::test]
async fn what_is_a_little_old_is_given_while_one_makes_a_new_one() {
    let (answers, purger) = store(1_000_000);
    let making = lead(&answers, key(1), &[tag(1)]).await;
    let old = land(&answers, making, "old", Duration::ZERO);
    let Asked::Stale(known) = answers.ask(key(1)).await else {
        panic!("it is old");
    };
    assert!(Arc::ptr_eq(&old, &known));
    // One who makes a new one is enough.
    assert!(matches!(answers.ask(key(1)).await, Asked::Fresh(_)));
    // That one gives up.
    drop(answers.renew(Arc::clone(&known)));
    assert!(matches!(answers.ask(key(1)).await, Asked::Stale(_)));
    let making = answers.renew(known).expect("nobody else is at it");
    making.recorder().record([tag(1)]);
    let new = land(&answers, making, "new", AGE);
    assert_eq!(there(&answers, key(1)).await.as_ref(), Some(new.body()));
    // Never after a write.
    let making = lead(&answers, key(2), &[tag(1)]).await;
    land(&answers, making, "old", Duration::ZERO);
    purger.purge(&[tag(1)]);
    assert_eq!(there(&answers, key(2)).await, None);
}

#[tokio::test]
async fn what_is_kept_and_known_of_it_is_bounded() {
    let (answers, purger) = store(100_000);
    for number in 0..3_000 {
        let tags: Vec<_> = (0..20).map(|part| tag(number * 20 + part)).collect();
        let making = lead(&answers, key(number), &tags).await;
        land(&answers, making, "an answer", AGE);
    }
    let bytes = answers.bytes();
    assert!((20_000..=100_000).contains(&bytes), "{bytes}");
    // What was evicted is swept when as much has come again.
    assert!(purger.links() <= 20_000, "{}", purger.links());
    purger.purge_all();
    // It is taken out with the next that is put in.
    let making = lead(&answers, key(0), &[]).await;
    land(&answers, making, "the only one", AGE);
    assert!(answers.bytes() < 2_000, "{}", answers.bytes());
}
