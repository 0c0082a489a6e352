//! One try at a step, as the step sees it.

use super::{
    Outcome,
    plan::Verdict,
    progress::{Direction, Place},
    record::{self, Recorded},
};
use crate::{
    app::App,
    error::{Error, Result},
    jobs::Attempt,
    platform::database::Tx,
};
use entity::ids::SagaId;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

/// Where a saga is, for those who write about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct At {
    pub(super) direction: Direction,
    pub(super) index: usize,
    pub(super) version: i64,
    /// How often it had been told to look again when the try began.
    pub(super) wakes: i64,
    /// Which try it is since it last came forward; those of which nobody knows what came are left out.
    pub(super) number: i64,
    /// Whether nothing was written down since the job was begun: the attempts at it are then attempts at this.
    pub(super) is_first: bool,
}

/// What stays the same from step to step.
pub(super) struct Ground {
    pub(super) attempt: Attempt,
    pub(super) saga: SagaId,
    pub(super) kind: &'static str,
    pub(super) places: Vec<Place>,
}

/// One try at a step, or at undoing it: the server's own things, and what earlier steps left.
pub struct Turn {
    pub(super) ground: Arc<Ground>,
    pub(super) at: At,
    outputs: Arc<HashMap<String, Value>>,
    recorded: Mutex<Option<(Outcome, Recorded)>>,
}

impl Turn {
    pub(super) fn new(ground: Arc<Ground>, at: At, outputs: Arc<HashMap<String, Value>>) -> Self {
        Self {
            ground,
            at,
            outputs,
            recorded: Mutex::default(),
        }
    }

    /// The saga.
    #[must_use]
    pub fn saga(&self) -> SagaId {
        self.ground.saga
    }

    /// The step's name.
    #[must_use]
    pub fn step(&self) -> &'static str {
        self.ground.places[self.at.index].name
    }

    /// Which try this is since it last came forward; the first is 1. Those that ended with the process are left out.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.at.number
    }

    /// What to call this by elsewhere: the same however often it is tried, and another for each step and for undoing it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.ground.saga.0.simple(), self.label())
    }

    /// What the step of this name left, where it is done.
    ///
    /// # Errors
    /// Internal when it is something else.
    pub fn output<T: DeserializeOwned>(&self, step: &str) -> Result<Option<T>> {
        let output = self.outputs.get(step).cloned();
        let read = output.map(serde_json::from_value).transpose();
        read.map_err(Error::internal)
    }

    /// Runs `work` in a transaction that holds its outcome too: both are committed, or neither, and no other attempt can do it
    /// again. Where the outcome is that it fails for good, what `work` wrote is rolled back, and that is written down. To be the
    /// last that a step does, and to be returned.
    ///
    /// # Errors
    /// What `work` returns; Conflict when another attempt has gone on with the saga.
    pub async fn transaction(
        &self,
        work: impl AsyncFnOnce(&Tx) -> Result<Outcome>,
    ) -> Result<Outcome> {
        let failed = Mutex::new(None);
        let done = self
            .ground
            .attempt
            .transaction(async |tx| {
                let outcome = work(tx).await?;
                if matches!(outcome, Outcome::Fail { .. }) {
                    *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
                    return Err(Error::Conflict("It is rolled back.".to_owned()));
                }
                self.pass("worked").await?;
                let verdict = Verdict::Came(outcome.clone());
                let recorded = Box::pin(record::record(tx, self, &verdict)).await?;
                Ok((outcome, recorded))
            })
            .await;
        if let Some(outcome) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Ok(outcome);
        }
        let (outcome, recorded) = done?;
        *self.recorded.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((outcome.clone(), recorded));
        Ok(outcome)
    }

    /// What was written down by the step itself.
    pub(super) fn take_recorded(&self) -> Option<(Outcome, Recorded)> {
        self.recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub(super) fn is_recorded(&self) -> bool {
        self.recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// For tests: the try has come to this place.
    pub(super) async fn pass(&self, place: &str) -> Result<()> {
        let name = || format!("{}/{}/{place}", self.ground.kind, self.label());
        self.probes.pass(name).await
    }

    fn label(&self) -> String {
        match self.at.direction {
            Direction::Forward => self.step().to_owned(),
            Direction::Backward => format!("{}:undo", self.step()),
        }
    }
}

impl Deref for Turn {
    type Target = App;

    fn deref(&self) -> &App {
        &self.ground.attempt
    }
}
