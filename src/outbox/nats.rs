//! Publishing events to NATS JetStream.
//!
//! NATS is one more subscriber, of all events: while it is away its jobs wait, and nothing else does.

use super::Envelope;
use crate::{
    error::{Error, Result},
    jobs::{Attempt, Job, Queue},
    platform::{
        config::Settings,
        resilience::{CallError, Dependency, Policy},
    },
};
use async_nats::{HeaderMap, ServerAddr, jetstream};
use bytes::Bytes;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use tokio::sync::OnceCell;

/// Longest pause between two attempts: what could not be published is, soon after NATS came back.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// NATS as this process calls it. The connection is made when it is first needed, and comes back by itself when it
/// breaks.
#[derive(Clone, Debug)]
pub(super) struct Nats(Arc<Connection>);

#[derive(Debug)]
struct Connection {
    dependency: Dependency,
    context: OnceCell<jetstream::Context>,
}

impl Default for Nats {
    fn default() -> Self {
        let policy = Policy {
            timeout: Duration::from_secs(5),
            // The job is tried again, later.
            attempts: 1,
            ..Policy::default()
        };
        Self(Arc::new(Connection {
            dependency: Dependency::new("nats", policy),
            context: OnceCell::new(),
        }))
    }
}

impl Nats {
    /// Publishes `envelope`, and returns once the stream has it. Of twins that come within two minutes the stream keeps
    /// one, by their id.
    async fn publish(&self, settings: &Settings, envelope: &Envelope) -> Result<()> {
        let body = Bytes::from(serde_json::to_vec(envelope).map_err(Error::internal)?);
        let id = envelope.id.0.to_string();
        let subject = format!("{}.{}", settings.nats_stream, envelope.name);
        self.0
            .dependency
            .call(|| async {
                let context = self.0.context.get_or_try_init(|| connect(settings)).await?;
                let mut headers = HeaderMap::new();
                headers.insert(async_nats::header::NATS_MESSAGE_ID, id.as_str());
                let sent = context.publish_with_headers(subject.clone(), headers, body.clone());
                sent.await
                    .map_err(CallError::retryable)?
                    .await
                    .map_err(CallError::retryable)?;
                Ok(())
            })
            .await
    }
}

/// Connects, and makes the stream where there is none. One that is there is left as whoever runs NATS made it.
async fn connect(settings: &Settings) -> Result<jetstream::Context, CallError> {
    let url = settings.nats_url.as_ref().ok_or_else(|| {
        // One that has it set will come and take the job.
        CallError::refused(Error::Conflict("NATS_URL is not set here.".to_owned()))
    })?;
    let address: ServerAddr = url.expose_secret().parse().map_err(|_| {
        CallError::refused(Error::Conflict(
            "NATS_URL is not a URL like nats://HOST:PORT.".to_owned(),
        ))
    })?;
    let client = async_nats::ConnectOptions::new()
        .name("tradewind")
        .connect(address)
        .await
        .map_err(CallError::retryable)?;
    let context = jetstream::new(client);
    let hours = u64::from(settings.outbox_retention_hours);
    let stream = jetstream::stream::Config {
        name: settings.nats_stream.clone(),
        subjects: vec![format!("{}.>", settings.nats_stream)],
        max_age: Duration::from_secs(hours * 3_600),
        ..Default::default()
    };
    context
        .get_or_create_stream(stream)
        .await
        .map_err(CallError::retryable)?;
    Ok(context)
}

/// The job of publishing one event.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
pub(super) struct PublishToNats(Envelope);

impl Job for PublishToNats {
    const KIND: &'static str = "outbox.publish_to_nats";
    const QUEUE: Queue = Queue::EVENTS;
    /// A week, at a minute each.
    const MAX_ATTEMPTS: u16 = 10_000;

    fn backoff(attempt: u16) -> Duration {
        Duration::from_secs(1 << attempt.min(6)).min(LONGEST_PAUSE)
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        attempt
            .outlets
            .nats
            .publish(&attempt.settings, &self.0)
            .await
    }
}
