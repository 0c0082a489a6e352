//! One at a time makes an answer; the others wait for it.

use super::{AnswerKey, KeptAnswer};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::watch;

/// What came of a flight.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// The answer.
    Landed(Arc<KeptAnswer>),
    /// Nothing to be shared: everyone asks for themselves.
    Alone,
}

/// The flights under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<AnswerKey, Flight>>>);

#[derive(Clone, Debug)]
struct Flight {
    /// The last purge before it began.
    begun: u64,
    outcome: watch::Receiver<Option<Outcome>>,
}

/// One's part in a flight.
pub(super) enum Part {
    /// One makes the answer.
    Lead(Lead),
    /// One waits for it.
    Follow(Follow),
}

/// Makes the answer. Dropped before it is done, it leaves that to one of those who wait.
pub(super) struct Lead {
    flights: Flights,
    key: AnswerKey,
    outcome: watch::Sender<Option<Outcome>>,
}

/// Waits for the answer.
pub(super) struct Follow(Flight);

impl Flights {
    /// Joins the flight of `key`, or begins one after the purge `begun`.
    pub(super) fn join(&self, key: AnswerKey, begun: u64) -> Part {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match flights.entry(key) {
            Entry::Occupied(known) => Part::Follow(Follow(known.get().clone())),
            Entry::Vacant(free) => {
                let (sender, outcome) = watch::channel(None);
                free.insert(Flight { begun, outcome });
                Part::Lead(Lead {
                    flights: self.clone(),
                    key,
                    outcome: sender,
                })
            }
        }
    }
}

impl Lead {
    /// Tells those who wait. The answer is kept by now, if it is: whoever comes next finds it.
    pub(super) fn end(self, outcome: Outcome) {
        // Nobody may wait.
        let _ = self.outcome.send(Some(outcome));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        let mut flights = self
            .flights
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        flights.remove(&self.key);
    }
}

impl Follow {
    /// The last purge before the flight began.
    pub(super) fn begun(&self) -> u64 {
        self.0.begun
    }

    /// What comes of it; nothing where whoever led it is gone.
    pub(super) async fn outcome(mut self) -> Option<Outcome> {
        let outcome = self.0.outcome.wait_for(Option::is_some).await.ok()?;
        outcome.clone()
    }
}
