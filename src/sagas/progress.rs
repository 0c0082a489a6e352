//! What follows from what came of a step: no database, no clock.

use super::{Outcome, State};

/// A step, as far as its place goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) can_be_undone: bool,
}

/// Whether steps are done or undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// What becomes of the saga.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) state: State,
    /// The step that is begun next; nothing where the saga rests.
    pub(super) begins: Option<(Direction, usize)>,
}

impl Move {
    pub(super) fn rests(state: State) -> Self {
        Self {
            state,
            begins: None,
        }
    }

    fn begins(state: State, direction: Direction, index: usize) -> Self {
        Self {
            state,
            begins: Some((direction, index)),
        }
    }
}

/// What follows when the step at `index` comes to `outcome`.
pub(super) fn follows(
    places: &[Place],
    direction: Direction,
    index: usize,
    outcome: &Outcome,
) -> Move {
    match (direction, outcome) {
        (Direction::Forward, Outcome::Done(_)) if index + 1 < places.len() => {
            Move::begins(State::Running, Direction::Forward, index + 1)
        }
        (Direction::Forward, Outcome::Done(_)) => Move::rests(State::Done),
        (Direction::Forward, Outcome::Wait { .. }) => Move::rests(State::Running),
        (Direction::Forward, Outcome::Fail { .. }) => undone_from(places, index + 1),
        (Direction::Backward, Outcome::Done(_)) => undone_from(places, index),
        (Direction::Backward, Outcome::Wait { .. } | Outcome::Fail { .. }) => {
            Move::rests(State::Compensating)
        }
    }
}

/// What follows when everything before the place `end` is to be undone.
pub(super) fn undone_from(places: &[Place], end: usize) -> Move {
    let last = places[..end.min(places.len())]
        .iter()
        .rposition(|place| place.can_be_undone);
    last.map_or(Move::rests(State::Compensated), |index| {
        Move::begins(State::Compensating, Direction::Backward, index)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const PLACES: [Place; 4] = [
        place("reserve", true),
        place("charge", true),
        place("look", false),
        place("ship", true),
    ];

    const fn place(name: &'static str, can_be_undone: bool) -> Place {
        Place {
            name,
            can_be_undone,
        }
    }

    #[test]
    fn steps_are_done_in_their_order() {
        let done = Outcome::Done(Value::Null);
        let forward = |index| follows(&PLACES, Direction::Forward, index, &done);
        assert_eq!(
            forward(0),
            Move::begins(State::Running, Direction::Forward, 1)
        );
        assert_eq!(forward(3), Move::rests(State::Done));
        let wait = Outcome::Wait { until: None };
        assert_eq!(
            follows(&PLACES, Direction::Forward, 1, &wait),
            Move::rests(State::Running)
        );
    }

    #[test]
    fn what_failed_is_undone_too_and_what_cannot_be_is_passed_over() {
        let fail = |index| follows(&PLACES, Direction::Forward, index, &Outcome::fail("no"));
        let undone = |index| {
            follows(
                &PLACES,
                Direction::Backward,
                index,
                &Outcome::Done(Value::Null),
            )
        };
        let back = |index| Move::begins(State::Compensating, Direction::Backward, index);
        assert_eq!(fail(3), back(3));
        assert_eq!(undone(3), back(1));
        assert_eq!(fail(2), back(1));
        assert_eq!(undone(1), back(0));
        assert_eq!(undone(0), Move::rests(State::Compensated));
        assert_eq!(
            follows(&PLACES[2..3], Direction::Forward, 0, &Outcome::fail("no")),
            Move::rests(State::Compensated)
        );
        assert_eq!(
            follows(&PLACES, Direction::Backward, 1, &Outcome::fail("no")),
            Move::rests(State::Compensating)
        );
    }
}
