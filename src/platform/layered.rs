//! A map whose newest entries can be taken back.

use std::{borrow::Borrow, collections::HashMap, hash::Hash};

/// What is known, in two layers: what is settled, and what is so only if the work under way succeeds.
pub(crate) struct Layered<K, V> {
    settled: HashMap<K, V>,
    pending: HashMap<K, V>,
}

impl<K, V> Default for Layered<K, V> {
    fn default() -> Self {
        Self {
            settled: HashMap::new(),
            pending: HashMap::new(),
        }
    }
}

impl<K: Eq + Hash, V> Layered<K, V> {
    /// The newest value of `key`.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.pending.get(key).or_else(|| self.settled.get(key))
    }

    /// Sets a value that holds if the work under way succeeds.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.pending.insert(key, value);
    }

    /// The work succeeded.
    pub(crate) fn settle(&mut self) {
        self.settled.extend(self.pending.drain());
    }

    /// The work failed: what it set is taken back.
    pub(crate) fn discard(&mut self) {
        self.pending.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_settled_can_be_taken_back() {
        let mut map = Layered::default();
        map.insert("a", 1);
        map.settle();
        map.insert("a", 2);
        map.insert("b", 3);
        assert_eq!((map.get("a"), map.get("b")), (Some(&2), Some(&3)));
        map.discard();
        assert_eq!((map.get("a"), map.get("b")), (Some(&1), None));
    }
}
