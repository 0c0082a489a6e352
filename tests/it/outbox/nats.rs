//! Publishing to NATS JetStream. Where none answers at `TEST_NATS_URL` the tests say so and pass.

use super::kinds::{moves, subscriptions};
use crate::support::{TestApp, TestDatabase, variable};
use async_nats::jetstream::{self, consumer::DeliverPolicy};
use futures_util::StreamExt;
use serde_json::Value;
use std::{io::Write, time::Duration};
use tradewind::{
    jobs::{Registry, Worker},
    outbox::{Envelope, relay},
};
use uuid::Uuid;

fn url() -> String {
    variable("TEST_NATS_URL").unwrap_or_else(|| "nats://127.0.0.1:4222".to_owned())
}

/// JetStream, or nothing, with a word about it, where none answers.
async fn jetstream() -> Option<jetstream::Context> {
    let connected = tokio::time::timeout(Duration::from_secs(5), async_nats::connect(url()));
    match connected.await {
        Ok(Ok(client)) if client.server_info().jetstream => Some(jetstream::new(client)),
        _ => {
            // Past the macros, whose output is captured where a test passes.
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED with NATS: no JetStream answers at {}",
                url()
            );
            None
        }
    }
}

/// A server that publishes to a stream of its own at `url`.
async fn app(stream: &str, url: &str) -> TestApp {
    let flags = [("--nats-url", url), ("--nats-stream", stream)];
    TestApp::on_database(TestDatabase::sqlite().await, &flags).await
}

fn publisher(app: &TestApp) -> Worker {
    Worker::start(
        app.app.clone(),
        subscriptions().register(Registry::default()),
    )
}

/// The next so many messages of a stream: their subject, `Nats-Msg-Id` and body.
async fn messages(
    context: &jetstream::Context,
    stream: &str,
    count: usize,
) -> Vec<(String, String, Envelope)> {
    let consumer = jetstream::consumer::pull::OrderedConfig {
        deliver_policy: DeliverPolicy::All,
        ..Default::default()
    };
    let stream = context.get_stream(stream).await.unwrap();
    let consumer = stream.create_consumer(consumer).await.unwrap();
    let mut messages = consumer.messages().await.unwrap().take(count);
    let mut read = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        let id = message
            .headers
            .as_ref()
            .unwrap()
            .get("Nats-Msg-Id")
            .unwrap();
        let body: Value = serde_json::from_slice(&message.payload).unwrap();
        for key in [
            "id",
            "name",
            "version",
            "aggregate",
            "aggregateId",
            "sequence",
            "occurredAt",
            "payload",
        ] {
            assert!(!body[key].is_null(), "{key} is missing in {body}");
        }
        read.push((
            message.subject.to_string(),
            id.to_string(),
            serde_json::from_value(body).unwrap(),
        ));
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_published_once_and_in_order() {
    let Some(context) = jetstream().await else {
        return;
    };
    let stream = format!("test-{}", Uuid::now_v7().simple());
    let app = app(&stream, &url()).await.with_ears().await;
    let things = [Uuid::now_v7(), Uuid::now_v7()];
    for thing in things {
        app.emit(&moves(thing, 40)).await;
    }
    app.relay_all().await;
    // Each is told to NATS as to the subscriber.
    assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 160);
    let worker = publisher(&app);
    app.until_told().await;
    // What is published again within two minutes is known by its id.
    app.execute("UPDATE job SET state = 'WAITING', finished_at = NULL, attempts = 0, run_at = created_at, rank_at = created_at WHERE kind = 'outbox.publish_to_nats'").await;
    app.until_told().await;
    worker.stop(Duration::from_secs(5)).await;

    let messages = messages(&context, &stream, 80).await;
    let info = context.get_stream(&stream).await.unwrap();
    assert_eq!(info.cached_info().state.messages, 80);
    for (subject, id, envelope) in &messages {
        assert_eq!(*subject, format!("{stream}.test.moved"));
        assert_eq!(*id, envelope.id.0.to_string());
    }
    for thing in things {
        let sequences = messages
            .iter()
            .filter(|(.., envelope)| envelope.aggregate_id == thing);
        let sequences: Vec<_> = sequences.map(|(.., envelope)| envelope.sequence).collect();
        assert_eq!(sequences, (1..=40).collect::<Vec<_>>());
    }
    context.delete_stream(&stream).await.unwrap();
}

/// Its jobs wait and are tried again; other subscribers are told as ever.
#[tokio::test(flavor = "multi_thread")]
async fn nats_that_is_away_holds_up_nobody() {
    // Nobody listens on port 1.
    let app = app("test-nobody", "nats://127.0.0.1:1")
        .await
        .with_ears()
        .await;
    app.emit(&moves(Uuid::now_v7(), 5)).await;
    relay::round(&app.app, &subscriptions()).await.unwrap();
    let worker = publisher(&app);
    app.until("SELECT count(*) FROM heard", 5).await;
    app.until(
        "SELECT count(*) FROM job WHERE kind = 'outbox.publish_to_nats' AND last_error IS NOT NULL",
        1,
    )
    .await;
    worker.stop(Duration::from_secs(5)).await;
    let waiting =
        "SELECT count(*) FROM job WHERE kind = 'outbox.publish_to_nats' AND state = 'WAITING'";
    assert_eq!(app.value::<i64>(waiting).await, 5);
}

/// Without the setting nothing of it is done.
#[tokio::test]
async fn without_the_setting_nobody_is_told() {
    let app = TestApp::on_sqlite().await;
    app.emit(&moves(Uuid::now_v7(), 5)).await;
    app.relay_all().await;
    let jobs = "SELECT count(*) FROM job WHERE kind = 'outbox.publish_to_nats'";
    assert_eq!(app.value::<i64>(jobs).await, 0);
}
