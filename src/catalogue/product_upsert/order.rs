//! The order of a product's parts.

use std::{collections::HashMap, hash::Hash};

/// Positions for the keys in `wanted`, given those that keys have now.
///
/// Where `wanted` names every key there is, its order is the new order. Where it does not, it cannot tell the
/// place of the others: those that are there keep their places, and new ones go behind.
pub(super) fn positions<K: Clone + Eq + Hash>(
    wanted: &[K],
    now: &HashMap<K, i32>,
) -> HashMap<K, i32> {
    let known = wanted.iter().filter(|key| now.contains_key(key)).count();
    let mut last = if known == now.len() {
        0
    } else {
        now.values().copied().max().unwrap_or_default()
    };
    wanted
        .iter()
        .map(|key| {
            let position = match now.get(key) {
                Some(position) if known < now.len() => *position,
                _ => {
                    last += 1;
                    last
                }
            };
            (key.clone(), position)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &[&str], now: &[(&str, i32)], expected: &[i32]) {
        let positions = positions(wanted, &now.iter().copied().collect());
        let in_order: Vec<_> = wanted.iter().map(|key| positions[key]).collect();
        assert_eq!(in_order, expected);
    }

    #[test]
    fn the_whole_is_put_in_order() {
        check(&["a", "b"], &[], &[1, 2]);
        check(&["b", "c", "a"], &[("a", 1), ("b", 2)], &[1, 2, 3]);
    }

    #[test]
    fn a_part_leaves_the_others_in_their_places() {
        check(
            &["b", "d", "a"],
            &[("a", 1), ("b", 2), ("c", 7)],
            &[2, 8, 1],
        );
    }
}
