//! Collecting what an answer is made of, while it is made.

use super::{CacheTag, Purger, TagKey};
use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// Most tags of one answer. What is made of more is kept no more than what is made of unknown things.
const MOST: usize = 10_000;

/// What one answer was made of so far.
#[derive(Debug)]
pub struct Recorder {
    begun: u64,
    tags: Mutex<HashSet<TagKey>>,
}

impl Recorder {
    /// Begins to record. Nothing may have been read before.
    #[must_use]
    pub fn new(purger: &Purger) -> Self {
        Self {
            begun: purger.now(),
            tags: Mutex::default(),
        }
    }

    /// The last purge before the recording began.
    #[must_use]
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// Notes that what is made depends on these.
    pub fn record(&self, tags: impl IntoIterator<Item = CacheTag>) {
        let mut known = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        for tag in tags {
            if known.len() <= MOST {
                known.insert(tag.key());
            }
        }
    }

    /// What was noted; nothing where it is too much to be kept.
    #[must_use]
    pub fn tags(&self) -> Option<Vec<TagKey>> {
        let known = self.tags.lock().unwrap_or_else(PoisonError::into_inner);
        (known.len() <= MOST).then(|| known.iter().copied().collect())
    }
}
