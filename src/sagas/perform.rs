//! Trying one step.

use super::{
    Outcome, Saga, Step, Turn,
    plan::Verdict,
    progress::Direction,
    record::{self, Recorded},
};
use crate::{
    error::{Error, Result},
    platform::resilience::deadline::{self, Elapsed},
};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

/// So often may the process die at a step. Most often it is not the step that killed it, so this is far more than failures are.
const MOST_LOSSES: u16 = 20;
/// So often may it be impossible to write down what came of a step, with a minute between them in the end: the database may have been
/// away.
const MOST_UNWRITTEN: u16 = 60;

/// Tries the step of `turn`, and writes down what came of it, unless the step did so itself.
///
/// # Errors
/// What keeps it from being written down: the try is then as if it had not been, but for being counted.
pub(super) async fn perform<S: Saga>(
    saga: &S,
    step: &Step<S>,
    turn: &Turn,
) -> Result<(Option<Outcome>, Recorded)> {
    if is_used_up(turn) {
        let verdict = Verdict::Exhausted {
            error: "It was begun again and again, and never came to an end.".to_owned(),
            compensates: step.compensates,
        };
        return conclude(turn, &verdict, None).await;
    }
    let tried = tried(saga, step, turn).await;
    // Whatever happened after its own transaction, that is committed.
    if let Some((outcome, recorded)) = turn.take_recorded() {
        turn.pass("recorded").await?;
        count(turn, "done");
        return Ok((Some(outcome), recorded));
    }
    let (verdict, outcome) = match tried {
        Ok(outcome) => (Verdict::Came(outcome.clone()), Some(outcome)),
        Err(error) => (failed(step, turn, &error), None),
    };
    conclude(turn, &verdict, outcome).await
}

/// Whether doing this was begun so often, without anything being written down of it, that it is the end: each time the process died, or
/// what came of it could not be written down. Undoing is tried for ever.
fn is_used_up(turn: &Turn) -> bool {
    let attempt = &turn.ground.attempt;
    let unwritten = (attempt.number - 1).saturating_sub(attempt.losses);
    turn.at.direction == Direction::Forward
        && turn.at.is_first
        && (attempt.losses >= MOST_LOSSES || unwritten >= MOST_UNWRITTEN)
}

/// Writes down what came of it in a transaction of its own.
async fn conclude(
    turn: &Turn,
    verdict: &Verdict,
    outcome: Option<Outcome>,
) -> Result<(Option<Outcome>, Recorded)> {
    tell(turn, verdict);
    let attempt = &turn.ground.attempt;
    let recorded = attempt
        .transaction(async |tx| Box::pin(record::record(tx, turn, verdict)).await)
        .await?;
    turn.pass("recorded").await?;
    Ok((outcome, recorded))
}

/// Runs the step's work within its time.
async fn tried<S: Saga>(saga: &S, step: &Step<S>, turn: &Turn) -> Result<Outcome> {
    let work = async {
        turn.pass("begun").await?;
        let work = match (turn.at.direction, step.undo) {
            (Direction::Forward, _) => (step.run)(saga, turn),
            (Direction::Backward, Some(undo)) => undo(saga, turn),
            // Its code says no more how it is undone.
            (Direction::Backward, None) => return Outcome::done(&()),
        };
        let outcome = work.await?;
        if !turn.is_recorded() {
            turn.pass("worked").await?;
        }
        Ok(outcome)
    };
    match deadline::within(step.timeout, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(Error::internal(anyhow::anyhow!("it panicked"))),
        Err(Elapsed) => Err(Error::Timeout),
    }
}

fn failed<S>(step: &Step<S>, turn: &Turn, error: &Error) -> Verdict {
    let is_forward = turn.at.direction == Direction::Forward;
    let error = error.for_operator();
    if is_forward && turn.at.number >= i64::from(step.failures) {
        return Verdict::Exhausted {
            error,
            compensates: step.compensates,
        };
    }
    Verdict::Failed(error)
}

/// Tells those who watch. What cannot be undone is told as an error, since nothing else will come of it by itself.
fn tell(turn: &Turn, verdict: &Verdict) {
    let (saga, step) = (turn.saga().0, turn.step());
    let is_undo = turn.at.direction == Direction::Backward;
    match verdict {
        Verdict::Failed(error) | Verdict::Came(Outcome::Fail { reason: error }) if is_undo => {
            metrics::counter!("saga_compensation_failures_total", "kind" => turn.ground.kind)
                .increment(1);
            tracing::error!(%saga, step, error, "a step of a saga could not be undone; it is tried again");
            count(turn, "failed");
        }
        Verdict::Failed(error) => {
            tracing::warn!(%saga, step, error, "a step of a saga failed; it is tried again");
            count(turn, "failed");
        }
        Verdict::Exhausted { error, compensates } => {
            tracing::error!(%saga, step, error, compensates, "a step of a saga failed too often");
            count(turn, "exhausted");
        }
        Verdict::Came(Outcome::Done(_)) => count(turn, "done"),
        Verdict::Came(Outcome::Wait { .. }) => count(turn, "waits"),
        Verdict::Came(Outcome::Fail { .. }) => count(turn, "refused"),
    }
}

fn count(turn: &Turn, outcome: &'static str) {
    let direction = match turn.at.direction {
        Direction::Forward => "do",
        Direction::Backward => "undo",
    };
    metrics::counter!(
        "saga_steps_total", "kind" => turn.ground.kind, "step" => turn.step(), "direction" => direction, "outcome" => outcome
    )
    .increment(1);
}
