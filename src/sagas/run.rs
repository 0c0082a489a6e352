//! The job that carries a saga on.

use super::{
    Outcome, Saga, SagaRow, State, Step, StepRow, StepState,
    perform::perform,
    plan::Verdict,
    progress::{Direction, Place},
    record::{self, Recorded},
    store::{self, Change},
    turn::{At, Ground, Turn},
};
use crate::{
    error::{Error, Result},
    jobs::{Attempt, Job, NewJob, Priority, Queue},
    platform::telemetry::RequestId,
};
use entity::ids::SagaId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    borrow::Cow, cmp::Ordering, collections::HashMap, marker::PhantomData, sync::Arc,
    time::Duration,
};

/// A job is stopped after this; each step has its own time, and the next attempt goes on where this one was.
const TIMEOUT: Duration = Duration::from_secs(900);

/// The job that carries a saga of the type `S` on: it does one step after the other until the saga rests, and then leaves a job for
/// the time to go on. There is always one that waits or runs, until the saga is over or stuck.
#[derive(Deserialize, Serialize)]
#[serde(bound = "")]
pub struct Run<S> {
    saga: SagaId,
    #[serde(skip)]
    kind: PhantomData<fn() -> S>,
}

/// What makes the job of a saga the only one.
pub(super) fn key(saga: SagaId) -> String {
    saga.0.simple().to_string()
}

/// A job that carries a saga of this kind on after `delay`.
pub(super) fn job(kind: Cow<'static, str>, saga: SagaId, delay: Duration) -> NewJob {
    NewJob {
        queue: Queue::SAGAS.name,
        kind,
        version: 1,
        payload: json!({ "saga": saga }),
        priority: Priority::Normal,
        delay,
        max_attempts: u16::MAX,
        unique_key: Some(key(saga)),
        order: None,
        request_id: RequestId::current(),
    }
}

impl<S: Saga> Job for Run<S> {
    const KIND: &'static str = S::KIND;
    const QUEUE: Queue = Queue::SAGAS;
    // What is wrong with a step is counted there; what is wrong with the job is that the database was away, or the process died, and
    // `perform` says how often that may be.
    const MAX_ATTEMPTS: u16 = u16::MAX;
    const MAX_LOSSES: u16 = u16::MAX;
    const TIMEOUT: Duration = TIMEOUT;

    fn unique_key(&self) -> Option<String> {
        Some(key(self.saga))
    }

    fn backoff(attempt: u16) -> Duration {
        let doublings = u32::from(attempt.saturating_sub(1)).min(8);
        Duration::from_millis(250).saturating_mul(1 << doublings)
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        Box::pin(carry_on::<S>(self.saga, attempt)).await
    }
}

async fn carry_on<S: Saga>(id: SagaId, attempt: &Attempt) -> Result<()> {
    let (row, begun) = match store::load(attempt.database.write(), id).await {
        Err(Error::NotFound(_)) => return Ok(()),
        loaded => loaded?,
    };
    let direction = match row.state {
        State::Running => Direction::Forward,
        State::Compensating => Direction::Backward,
        State::Done | State::Compensated | State::Stuck => return Ok(()),
    };
    let steps = S::steps();
    let place = steps.iter().position(|step| step.name == row.step);
    let (saga, index) = match (read::<S>(&row), place) {
        (Ok(saga), Some(index)) => (saga, index),
        (Err(error), _) => return stuck(attempt, &row, error.for_operator()).await,
        (_, None) => {
            let error = format!(
                "This server knows no step {} of a saga {}.",
                row.step,
                S::KIND
            );
            return stuck(attempt, &row, error).await;
        }
    };
    let ground = Arc::new(Ground {
        attempt: attempt.clone(),
        saga: id,
        kind: S::KIND,
        places: steps.iter().map(place_of).collect(),
    });
    let at = At {
        direction,
        index,
        version: row.version,
        wakes: row.wakes,
        number: 1,
        is_first: true,
    };
    let resolved = resolved(&row, &begun);
    let outputs = begun
        .into_iter()
        .filter_map(|step| Some((step.name, step.output?)));
    go(&saga, &steps, &ground, at, outputs.collect(), resolved).await
}

/// What a person has said that the saga's step came to: nobody else leaves the step at which a saga is in such a state.
fn resolved(row: &SagaRow, begun: &[StepRow]) -> Option<Outcome> {
    let step = begun.iter().find(|step| step.name == row.step)?;
    match (row.state, step.state) {
        (State::Running, StepState::Done) | (State::Compensating, StepState::Undone) => {
            Some(Outcome::Done(step.output.clone().unwrap_or(Value::Null)))
        }
        (State::Running, StepState::Failed) => Some(Outcome::fail(
            step.error
                .clone()
                .unwrap_or_else(|| "It cannot be done.".to_owned()),
        )),
        _ => None,
    }
}

fn place_of<S>(step: &Step<S>) -> Place {
    Place {
        name: step.name,
        can_be_undone: step.undo.is_some(),
    }
}

async fn go<S: Saga>(
    saga: &S,
    steps: &[Step<S>],
    ground: &Arc<Ground>,
    at: At,
    outputs: HashMap<String, Value>,
    resolved: Option<Outcome>,
) -> Result<()> {
    let mut outputs = Arc::new(outputs);
    let mut next = take(ground, at, resolved).await?;
    while let Some(at) = next {
        if ground.attempt.is_stopping() {
            return Err(ground.attempt.interrupted());
        }
        let turn = Turn::new(Arc::clone(ground), at, Arc::clone(&outputs));
        let (outcome, recorded) = Box::pin(perform(saga, &steps[at.index], &turn)).await?;
        if let Some(Outcome::Done(output)) = outcome
            && at.direction == Direction::Forward
        {
            Arc::make_mut(&mut outputs).insert(steps[at.index].name.to_owned(), output);
        }
        next = recorded.next;
    }
    Ok(())
}

/// Takes the saga up where it is, so that nobody else who had it can write.
async fn take(ground: &Arc<Ground>, at: At, resolved: Option<Outcome>) -> Result<Option<At>> {
    let turn = Turn::new(Arc::clone(ground), at, Arc::default());
    let taken = ground
        .attempt
        .transaction(async |tx| {
            if let Some(outcome) = resolved {
                let verdict = Verdict::Came(outcome);
                return Box::pin(record::record(tx, &turn, &verdict)).await;
            }
            let now = turn.clock.now();
            let held = store::take(tx, ground.saga, at.version, now).await?;
            if held.state == State::Running && held.cancel.is_some() {
                return record::cancelled(tx, &turn, held, at.index).await;
            }
            record::begin(tx, &turn, &held, (at.direction, at.index)).await
        })
        .await;
    let Recorded { next } = taken?;
    Ok(next)
}

fn read<S: Saga>(row: &SagaRow) -> Result<S> {
    match row.form.cmp(&S::VERSION) {
        Ordering::Equal => serde_json::from_value(row.input.clone()).map_err(|error| {
            Error::invalid(
                "input",
                format!("It is not one of a saga {}: {error}.", S::KIND),
            )
        }),
        Ordering::Less => S::upgrade(row.form, row.input.clone()),
        Ordering::Greater => Err(Error::invalid(
            "input",
            format!(
                "It is of version {}, and this server reads versions up to {} only.",
                row.form,
                S::VERSION
            ),
        )),
    }
}

/// Leaves the saga to a person: this server cannot read it.
async fn stuck(attempt: &Attempt, row: &SagaRow, error: String) -> Result<()> {
    tracing::error!(saga = %row.id.0, error, "a saga cannot be carried on");
    let change = Change {
        state: State::Stuck,
        step: &row.step,
        reason: None,
        error: Some(error),
        wake_at: None,
    };
    attempt
        .transaction(async |tx| {
            let now = attempt.clock.now();
            store::advance(tx, row.id, row.version, &change, now).await?;
            attempt.finish(tx).await
        })
        .await
}
