//! Who wants to know, and how it is told: each event is a job.

use super::{Delivered, Envelope, Event};
use crate::{
    error::{Error, Result},
    jobs::{Attempt, Job, Queue},
};
use serde::{Deserialize, Serialize};
use std::{marker::PhantomData, time::Duration};

/// Gets every event of one type, each at least once. Those of one aggregate come one after the other in their order;
/// while one of them fails and is tried again, later ones wait. One that fails for good is a dead letter and is passed
/// over.
pub trait Subscriber: Send + Sync + 'static {
    /// Its name: `<room>.<what_it_does>`. Never changes while deliveries wait.
    const NAME: &'static str;
    /// What it wants to know of.
    type Event: Event;
    /// After so many failed attempts a delivery is a dead letter.
    const MAX_ATTEMPTS: u16 = 20;
    /// An attempt is stopped after this.
    const TIMEOUT: Duration = Duration::from_secs(60);

    /// Whether it wants to know of this one at all: what it passes over is no job. Asked by the relay, so it only looks at the
    /// event.
    fn wants(_event: &Self::Event) -> bool {
        true
    }

    /// Does what is to be done about `event`. It may come again: do the work in one transaction with [`Attempt::finish`],
    /// or so that doing it again changes nothing. An error has it tried again later, but for [`Error::Invalid`].
    fn receive(
        event: &Delivered<Self::Event>,
        attempt: &Attempt,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// The job of telling `S` of one event.
#[derive(Deserialize, Serialize)]
#[serde(transparent, bound = "")]
pub(super) struct Delivery<S> {
    envelope: Envelope,
    #[serde(skip)]
    subscriber: PhantomData<fn() -> S>,
}

impl<S: Subscriber> Job for Delivery<S> {
    const KIND: &'static str = S::NAME;
    const QUEUE: Queue = Queue::EVENTS;
    const MAX_ATTEMPTS: u16 = S::MAX_ATTEMPTS;
    const TIMEOUT: Duration = S::TIMEOUT;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let Some(event) = self.envelope.read()? else {
            return Err(Error::invalid(
                "payload",
                format!(
                    "It is an event {}, not {}.",
                    self.envelope.name,
                    S::Event::NAME
                ),
            ));
        };
        S::receive(&event, attempt).await
    }
}
