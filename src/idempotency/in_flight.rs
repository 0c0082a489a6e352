//! Which keys this process works on: a twin is told at once. What other processes work on only the database knows, and SQLite not before it
//! is committed.

use super::once::count;
use crate::error::{Error, Result};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// A key's actor, mutation and text.
pub(super) type Name = (String, String, String);

/// The keys that are worked on.
#[derive(Default)]
pub(crate) struct KeysInFlight(Mutex<HashSet<Name>>);

impl KeysInFlight {
    /// Begins to work on `name`, until what is returned is dropped.
    ///
    /// # Errors
    /// `IdempotencyInProgress` where another is at it.
    pub(super) fn enter(&self, name: Name) -> Result<InFlight<'_>> {
        if !self.change(|keys| keys.insert(name.clone())) {
            count("in_progress");
            return Err(Error::IdempotencyInProgress);
        }
        Ok(InFlight { all: self, name })
    }

    fn change<T>(&self, change: impl FnOnce(&mut HashSet<Name>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The work on a key.
pub(super) struct InFlight<'a> {
    all: &'a KeysInFlight,
    name: Name,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.all.change(|keys| keys.remove(&self.name));
    }
}
