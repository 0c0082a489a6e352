//! Writing down what came of a try at a step, and what follows from it: one transaction.

use super::{
    Outcome, State, StepState, backoff,
    progress::{self, Direction, Move},
    run,
    store::{self, Change, Held, StepEnd},
    turn::{At, Turn},
};
use crate::{error::Result, jobs, platform::database::Tx};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// How long a saga waits at most until it looks again.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// What came of a try.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// The step says so.
    Came(Outcome),
    /// It went wrong, and is tried again.
    Failed(String),
    /// It went wrong so often that this is the end of it; whether all is undone, or a person is to decide.
    Exhausted { error: String, compensates: bool },
}

/// Where the saga goes on at once; nothing where it rests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded {
    pub(super) next: Option<At>,
}

/// What a verdict comes to.
struct Plan {
    step: StepEnd,
    goes: Move,
    reason: Option<String>,
    error: Option<String>,
    wake_at: Option<DateTime<Utc>>,
}

/// Writes down what came of the turn. Where the saga rests, its job is finished in the same transaction, and another waits for the
/// time to go on.
///
/// # Errors
/// Conflict when another attempt has gone on with the saga; whatever the database says.
pub(super) async fn record(tx: &Tx, turn: &Turn, verdict: &Verdict) -> Result<Recorded> {
    let (ground, at, now) = (&turn.ground, turn.at, turn.clock.now());
    let plan = plan(turn, verdict, now);
    let next = plan.goes.begins.map_or(at.index, |(_, index)| index);
    let change = Change {
        state: plan.goes.state,
        step: ground.places[next].name,
        reason: plan.reason,
        error: plan.error,
        wake_at: plan.wake_at,
    };
    let held = store::advance(tx, ground.saga, at.version, &change, now).await?;
    match at.direction {
        Direction::Forward => store::end(tx, ground.saga, turn.step(), &plan.step, now).await?,
        Direction::Backward => {
            store::end_undo(tx, ground.saga, turn.step(), &plan.step, now).await?;
        }
    }
    if held.state == State::Running && held.cancel.is_some() {
        let begun = plan.goes.begins.map_or(at.index, |(_, index)| index);
        return cancelled(tx, turn, held, begun).await;
    }
    let is_over = matches!(held.state, State::Done | State::Compensated | State::Stuck);
    if let Some(begins) = plan.goes.begins {
        return begin(tx, turn, &held, begins).await;
    }
    let is_waiting = matches!(verdict, Verdict::Came(Outcome::Wait { .. }));
    if is_waiting && held.wakes != at.wakes {
        // It was told to look again while it looked.
        return begin(tx, turn, &held, (at.direction, at.index)).await;
    }
    ground.attempt.finish(tx).await?;
    if !is_over {
        let wait = plan.wake_at.map_or(TimeDelta::zero(), |until| until - now);
        let job = run::job(
            ground.kind.into(),
            ground.saga,
            wait.to_std().unwrap_or(Duration::ZERO),
        );
        jobs::enqueue_all(tx, &[job]).await?;
    }
    Ok(Recorded { next: None })
}

/// Has everything undone that was begun, the step at `begun` included, since that was asked for.
///
/// # Errors
/// As [`record`].
pub(super) async fn cancelled(tx: &Tx, turn: &Turn, held: Held, begun: usize) -> Result<Recorded> {
    let (ground, now) = (&turn.ground, turn.clock.now());
    let goes = progress::undone_from(&ground.places, begun + 1);
    let next = goes.begins.map_or(begun, |(_, index)| index);
    let change = Change {
        state: goes.state,
        step: ground.places[next].name,
        reason: held.cancel,
        error: None,
        wake_at: None,
    };
    let held = store::advance(tx, ground.saga, held.version, &change, now).await?;
    match goes.begins {
        Some(begins) => begin(tx, turn, &held, begins).await,
        None => {
            ground.attempt.finish(tx).await?;
            Ok(Recorded { next: None })
        }
    }
}

/// Begins a step, or undoing it.
///
/// # Errors
/// As [`record`].
pub(super) async fn begin(
    tx: &Tx,
    turn: &Turn,
    held: &Held,
    (direction, index): (Direction, usize),
) -> Result<Recorded> {
    let (ground, now) = (&turn.ground, turn.clock.now());
    let step = (index, ground.places[index].name);
    let failures = store::begin(tx, ground.saga, step, direction, now).await?;
    let at = At {
        direction,
        index,
        version: held.version,
        wakes: held.wakes,
        failures,
    };
    Ok(Recorded { next: Some(at) })
}

fn plan(turn: &Turn, verdict: &Verdict, now: DateTime<Utc>) -> Plan {
    let at = turn.at;
    let rests = |state| Move {
        state,
        begins: None,
    };
    let end = |state, error: Option<&str>, came_forward| StepEnd {
        state,
        output: None,
        error: error.map(str::to_owned),
        came_forward,
    };
    let forward = at.direction == Direction::Forward;
    let (begun, waits, done) = if forward {
        (StepState::Running, StepState::Waiting, StepState::Done)
    } else {
        (StepState::Undoing, StepState::Undoing, StepState::Undone)
    };
    let again = |error: &str| Plan {
        step: end(begun, Some(error), false),
        goes: rests(if forward {
            State::Running
        } else {
            State::Compensating
        }),
        reason: None,
        error: Some(error.to_owned()),
        wake_at: Some(
            now + TimeDelta::from_std(backoff::after(at.failures)).unwrap_or(LONGEST_WAIT),
        ),
    };
    match verdict {
        Verdict::Failed(error) => again(error),
        Verdict::Came(Outcome::Fail { reason }) if !forward => again(reason),
        Verdict::Exhausted { error, compensates } => Plan {
            step: end(StepState::Failed, Some(error), false),
            goes: if *compensates {
                progress::undone_from(&turn.ground.places, at.index + 1)
            } else {
                rests(State::Stuck)
            },
            reason: compensates.then(|| error.clone()),
            error: Some(error.clone()),
            wake_at: None,
        },
        Verdict::Came(outcome) => {
            let goes = progress::follows(&turn.ground.places, at.direction, at.index, outcome);
            let (step, reason, wake_at) = match outcome {
                Outcome::Done(output) => (
                    StepEnd {
                        output: forward.then(|| output.clone()),
                        ..end(done, None, true)
                    },
                    None,
                    None,
                ),
                Outcome::Wait { until } => {
                    let latest = now + LONGEST_WAIT;
                    let until = until.unwrap_or(latest).min(latest);
                    (end(waits, None, true), None, Some(until))
                }
                Outcome::Fail { reason } => (
                    end(StepState::Failed, Some(reason), true),
                    Some(reason.clone()),
                    None,
                ),
            };
            Plan {
                step,
                goes,
                reason,
                error: None,
                wake_at,
            }
        }
    }
}
