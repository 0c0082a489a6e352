//! Who is told of what.

use super::{Envelope, Event, Subscriber, nats::PublishToNats, subscriber::Delivery};
use crate::{
    error::{Error, Result},
    jobs::{Job, NewJob, Priority, Queue, Registry},
    platform::telemetry::RequestId,
};
use std::time::Duration;
use uuid::Uuid;

/// Longest names together: they are a part of the jobs' keys.
const LONGEST_NAMES: usize = 200;

/// Who is told of what. Each room adds its subscribers in `worker.rs`.
#[derive(Clone, Default)]
pub struct Subscriptions(Vec<Subscription>);

#[derive(Clone)]
struct Subscription {
    /// The subscriber's name, which is the kind of its jobs.
    name: &'static str,
    /// The name of the events; nothing for all.
    event: Option<&'static str>,
    /// Whether an event of that name is wanted.
    wants: fn(&Envelope) -> bool,
    max_attempts: u16,
    register: fn(Registry) -> Registry,
}

impl Subscriptions {
    /// Has `S` told of its events from now on.
    ///
    /// # Panics
    /// When the names are too long.
    #[must_use]
    pub fn with<S: Subscriber>(mut self) -> Self {
        assert!(
            S::NAME.len() + S::Event::AGGREGATE.len() <= LONGEST_NAMES,
            "the name of {} is too long",
            S::NAME
        );
        self.0.push(Subscription {
            name: S::NAME,
            event: Some(S::Event::NAME),
            wants: wants::<S>,
            max_attempts: S::MAX_ATTEMPTS,
            register: Registry::with::<Delivery<S>>,
        });
        self
    }

    /// The same, and NATS is told of every event.
    #[must_use]
    pub(super) fn and_nats(mut self) -> Self {
        self.0.push(Subscription {
            name: PublishToNats::KIND,
            event: None,
            wants: |_| true,
            max_attempts: PublishToNats::MAX_ATTEMPTS,
            register: std::convert::identity,
        });
        self
    }

    /// Adds the jobs that tell subscribers to what a worker can do. What NATS is to be told is always among them: some
    /// may be left of the time when it was set.
    #[must_use]
    pub fn register(&self, registry: Registry) -> Registry {
        self.0.iter().fold(
            registry.with::<PublishToNats>(),
            |registry, subscription| (subscription.register)(registry),
        )
    }

    /// The subscribers' names.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0
            .iter()
            .map(|subscription| subscription.name)
            .collect()
    }

    /// The jobs by which the subscribers of an event are told of it.
    pub(super) fn jobs(
        &self,
        envelope: &Envelope,
        request_id: Option<&RequestId>,
    ) -> Result<Vec<NewJob>> {
        let payload = serde_json::to_value(envelope).map_err(Error::internal)?;
        let wanted = self.0.iter().filter(|subscription| {
            subscription
                .event
                .is_none_or(|event| event == envelope.name)
                && (subscription.wants)(envelope)
        });
        Ok(wanted
            .map(|subscription| NewJob {
                queue: Queue::EVENTS.name,
                kind: subscription.name.into(),
                version: 1,
                payload: payload.clone(),
                priority: Priority::Normal,
                delay: Duration::ZERO,
                max_attempts: subscription.max_attempts,
                unique_key: None,
                order: Some((
                    order_key(
                        subscription.name,
                        &envelope.aggregate,
                        envelope.aggregate_id,
                    ),
                    envelope.sequence,
                )),
                request_id: request_id.cloned(),
            })
            .collect())
    }
}

/// What cannot be read is handed on: as a job it is seen, and kept for a server that can read it.
fn wants<S: Subscriber>(envelope: &Envelope) -> bool {
    match envelope.read::<S::Event>() {
        Ok(Some(delivered)) => S::wants(&delivered.event),
        Ok(None) | Err(_) => true,
    }
}

/// What a subscriber's jobs about one aggregate have in common.
fn order_key(subscriber: &str, aggregate: &str, id: Uuid) -> String {
    format!("{subscriber}/{aggregate}/{}", id.simple())
}

/// SQL of the same for the aggregate whose id is the expression `id`.
pub(super) fn order_key_sql(
    is_postgres: bool,
    subscriber: &str,
    aggregate: &str,
    id: &str,
) -> String {
    let id = if is_postgres {
        format!("replace(CAST({id} AS text), '-', '')")
    } else {
        format!("lower(hex({id}))")
    };
    format!("'{subscriber}/{aggregate}/' || {id}")
}
