//! Writing down what came of a try at a step, and what follows from it: one transaction.

use super::{
    Outcome, State,
    plan::{Plan, Verdict},
    progress::{self, Direction},
    run,
    store::{self, Change, Held},
    turn::{At, Turn},
};
use crate::{error::Result, jobs, platform::database::Tx};
use chrono::TimeDelta;
use std::time::Duration;

/// Where the saga goes on at once; nothing where it rests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded {
    pub(super) next: Option<At>,
}

/// Writes down what came of the turn. Where the saga rests, its job is finished in the same transaction, and another waits for the
/// time to go on.
///
/// # Errors
/// Conflict when another attempt has gone on with the saga; whatever the database says.
pub(super) async fn record(tx: &Tx, turn: &Turn, verdict: &Verdict) -> Result<Recorded> {
    let (ground, at, now) = (&turn.ground, turn.at, turn.clock.now());
    let plan = Plan::of(turn, verdict, now);
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
        return go_on(tx, turn, &held, begins).await;
    }
    let is_waiting = matches!(verdict, Verdict::Came(Outcome::Wait { .. }));
    if is_waiting && held.wakes != at.wakes {
        // It was told to look again while it looked.
        return go_on(tx, turn, &held, (at.direction, at.index)).await;
    }
    ground.attempt.finish(tx).await?;
    if !is_over {
        let wait = plan.wake_at.map_or(TimeDelta::zero(), |until| until - now);
        let job = run::job(
            ground.kind.into(),
            ground.saga,
            wait.to_std().unwrap_or(Duration::ZERO),
        );
        jobs::enqueue_with_next(tx, &[job]);
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
    if let Some(begins) = goes.begins {
        return go_on(tx, turn, &held, begins).await;
    }
    ground.attempt.finish(tx).await?;
    Ok(Recorded { next: None })
}

/// Begins what follows from what was written down just now.
async fn go_on(tx: &Tx, turn: &Turn, held: &Held, begins: (Direction, usize)) -> Result<Recorded> {
    let attempt = &turn.ground.attempt;
    if turn.at.is_first && attempt.number > 1 {
        attempt.came_forward(tx).await?;
    }
    let mut begun = begin(tx, turn, held, begins).await?;
    if let Some(at) = &mut begun.next {
        at.is_first = false;
    }
    Ok(begun)
}

/// Begins a step, or undoing it, as the first thing that the job does.
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
    let number = store::begin(tx, ground.saga, step, direction, now).await?;
    let at = At {
        direction,
        index,
        version: held.version,
        wakes: held.wakes,
        number,
        is_first: true,
    };
    Ok(Recorded { next: Some(at) })
}
