//! What what came of a try comes to: no database.

use super::{
    Outcome, State, StepState, backoff,
    progress::{self, Direction, Move},
    store::StepEnd,
    turn::Turn,
};
use chrono::{DateTime, TimeDelta, Utc};

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

/// What a verdict comes to.
pub(super) struct Plan {
    pub(super) step: StepEnd,
    pub(super) goes: Move,
    pub(super) reason: Option<String>,
    pub(super) error: Option<String>,
    pub(super) wake_at: Option<DateTime<Utc>>,
}

impl Plan {
    /// What `verdict` on the try comes to.
    pub(super) fn of(turn: &Turn, verdict: &Verdict, now: DateTime<Utc>) -> Self {
        let is_forward = turn.at.direction == Direction::Forward;
        match verdict {
            Verdict::Failed(error) => Self::again(turn, error, now),
            // Undoing is tried for ever.
            Verdict::Came(Outcome::Fail { reason }) if !is_forward => {
                Self::again(turn, reason, now)
            }
            Verdict::Exhausted { error, compensates } => Self::exhausted(turn, error, *compensates),
            Verdict::Came(outcome) => Self::came(turn, outcome, now),
        }
    }

    /// It is tried again after a while.
    fn again(turn: &Turn, error: &str, now: DateTime<Utc>) -> Self {
        let (step, saga) = match turn.at.direction {
            Direction::Forward => (StepState::Running, State::Running),
            Direction::Backward => (StepState::Undoing, State::Compensating),
        };
        let wait = TimeDelta::from_std(backoff::after(turn.at.number));
        Self {
            step: end(step, Some(error), false),
            goes: Move::rests(saga),
            reason: None,
            error: Some(error.to_owned()),
            wake_at: Some(now + wait.unwrap_or(LONGEST_WAIT)),
        }
    }

    /// It is not tried any more.
    fn exhausted(turn: &Turn, error: &str, compensates: bool) -> Self {
        let goes = if compensates {
            progress::undone_from(&turn.ground.places, turn.at.index + 1)
        } else {
            Move::rests(State::Stuck)
        };
        Self {
            step: end(StepState::Failed, Some(error), false),
            goes,
            reason: compensates.then(|| error.to_owned()),
            error: Some(error.to_owned()),
            wake_at: None,
        }
    }

    fn came(turn: &Turn, outcome: &Outcome, now: DateTime<Utc>) -> Self {
        let at = turn.at;
        let is_forward = at.direction == Direction::Forward;
        let (waits, done) = if is_forward {
            (StepState::Waiting, StepState::Done)
        } else {
            (StepState::Undoing, StepState::Undone)
        };
        let (step, reason, wake_at) = match outcome {
            Outcome::Done(output) => {
                let output = is_forward.then(|| output.clone());
                let step = StepEnd {
                    output,
                    ..end(done, None, true)
                };
                (step, None, None)
            }
            Outcome::Wait { until } => {
                let latest = now + LONGEST_WAIT;
                let until = until.unwrap_or(latest).min(latest);
                (end(waits, None, true), None, Some(until))
            }
            Outcome::Fail { reason } => {
                let step = end(StepState::Failed, Some(reason), true);
                (step, Some(reason.clone()), None)
            }
        };
        Self {
            step,
            goes: progress::follows(&turn.ground.places, at.direction, at.index, outcome),
            reason,
            error: None,
            wake_at,
        }
    }
}

fn end(state: StepState, error: Option<&str>, came_forward: bool) -> StepEnd {
    StepEnd {
        state,
        output: None,
        error: error.map(str::to_owned),
        came_forward,
    }
}
