//! What needs no database: how many units one may speak of, and where what is sold is taken from.

use super::Stock;
use crate::error::{Error, Result};
use entity::ids::LocationId;

/// Most units that one call speaks of, and most that lie anywhere by hand: what a client's `Int` holds.
pub(crate) const MOST_UNITS: i64 = 1_000_000_000;
/// Longest note, in characters.
const NOTE_LIMIT: usize = 500;

/// What lies at a location.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shelf {
    pub(super) location: LocationId,
    pub(super) on_hand: i64,
}

/// From which of `shelves`, which come in the order in which they are to be emptied, `quantity` units are taken: from the first that has
/// them all, so that they are sent at once, or else from one after the other. Nothing where there are not so many.
pub(super) fn pick(shelves: &[Shelf], quantity: i64) -> Option<Vec<Shelf>> {
    if let Some(shelf) = shelves.iter().find(|shelf| shelf.on_hand >= quantity) {
        let on_hand = quantity;
        return Some(vec![Shelf { on_hand, ..*shelf }]);
    }
    empty(shelves, quantity)
}

/// The same from one after the other, however many of them that takes.
pub(super) fn empty(shelves: &[Shelf], quantity: i64) -> Option<Vec<Shelf>> {
    let (mut left, mut taken) = (quantity, Vec::new());
    for shelf in shelves.iter().filter(|shelf| shelf.on_hand > 0) {
        let on_hand = shelf.on_hand.min(left);
        taken.push(Shelf { on_hand, ..*shelf });
        left -= on_hand;
        if left == 0 {
            return Some(taken);
        }
    }
    None
}

/// Whether there are too few of a variant, as the database holds it to be.
pub(super) fn is_low(row: &Stock) -> bool {
    let available = row.on_hand.saturating_sub(row.reserved);
    row.tracked
        && row
            .low_threshold
            .is_some_and(|threshold| available <= threshold)
}

/// A note as it is kept.
///
/// # Errors
/// Invalid when it is too long.
pub(super) fn note(note: Option<&str>) -> Result<Option<String>> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    let is_refused = |note: &str| note.chars().count() > NOTE_LIMIT || note.contains('\0');
    if note.is_some_and(is_refused) {
        let message = format!("A note has at most {NOTE_LIMIT} characters: shorten it.");
        return Err(Error::invalid("input.note", message));
    }
    Ok(note.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelves(numbers: &[i64]) -> Vec<Shelf> {
        let numbers = numbers.iter();
        numbers
            .map(|on_hand| Shelf {
                location: LocationId::generate(),
                on_hand: *on_hand,
            })
            .collect()
    }

    fn taken(shelves: &[Shelf], quantity: i64) -> Option<Vec<(usize, i64)>> {
        let place = |shelf: Shelf| {
            shelves
                .iter()
                .position(|one| one.location == shelf.location)
        };
        let taken = pick(shelves, quantity)?;
        let taken = taken.into_iter();
        taken
            .map(|shelf| Some((place(shelf)?, shelf.on_hand)))
            .collect()
    }

    #[test]
    fn what_is_sold_is_taken_from_one_place_where_one_has_it() {
        let all = shelves(&[2, 5, 9]);
        assert_eq!(taken(&all, 2), Some(vec![(0, 2)]));
        assert_eq!(taken(&all, 4), Some(vec![(1, 4)]));
        assert_eq!(taken(&all, 9), Some(vec![(2, 9)]));
        assert_eq!(taken(&all, 11), Some(vec![(0, 2), (1, 5), (2, 4)]));
        assert_eq!(taken(&all, 16), Some(vec![(0, 2), (1, 5), (2, 9)]));
        assert_eq!(taken(&all, 17), None);
        assert_eq!(
            taken(&shelves(&[0, 3, 0, 1]), 4),
            Some(vec![(1, 3), (3, 1)])
        );
        assert_eq!(taken(&[], 1), None);
    }

    #[test]
    fn notes_are_trimmed_and_bounded() {
        assert_eq!(note(Some("  ")).unwrap(), None);
        assert_eq!(note(Some(" a ")).unwrap().as_deref(), Some("a"));
        assert!(note(Some(&"ä".repeat(500))).is_ok());
        assert!(note(Some(&"ä".repeat(501))).is_err());
    }
}
