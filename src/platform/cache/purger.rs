//! Taking out of all caches what a write made untrue.
//!
//! Every purge has a number. A read notes the last number before it begins; what it made is admitted only if none of its tags was
//! purged since, looked up and entered under one lock. So what was read before a write is never kept after it, however long the
//! read took.

use super::{CacheTag, TagKey};
use entity::ids::EventId;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How many purges of single tags are remembered. What began before the oldest of them is not kept.
const REMEMBERED: usize = 65_536;
/// How many events are remembered that this process purged for itself.
const EVENTS: usize = 16_384;
/// The index is swept no earlier than at so many links.
const FEWEST_LINKS: usize = 8_192;

/// Something kept that a write can take out.
pub trait Purgeable: Send + Sync {
    /// From now on it is not to be served any more.
    fn purge(&self);
}

/// What becomes of something that was made of what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may be kept, and is known to the purger from now on.
    Kept,
    /// It is true, and may be given to whoever asked meanwhile, but not be kept.
    Shared,
    /// Something of it was written meanwhile: it is for none but whoever began before that.
    Touched,
}

/// Knows what is kept by what it is made of.
#[derive(Default)]
pub struct Purger {
    /// The number of the last purge.
    sequence: AtomicU64,
    /// What was purged so recently is not kept: a replica may not have it yet.
    replica_lag: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    purged: HashMap<TagKey, (u64, Instant)>,
    order: VecDeque<(TagKey, u64)>,
    /// What is not remembered any more was purged at the latest then.
    forgotten: Option<(u64, Instant)>,
    index: HashMap<TagKey, Vec<Weak<dyn Purgeable>>>,
    /// How many entries the index has, living or not.
    links: usize,
    /// How many it may have before it is swept.
    sweep_at: usize,
    events: HashSet<EventId>,
    events_in_order: VecDeque<EventId>,
}

impl Purger {
    /// A purger; with `replica_lag` where reads go to replicas, which may be so late.
    #[must_use]
    pub fn new(replica_lag: Option<Duration>) -> Self {
        Self {
            replica_lag,
            ..Self::default()
        }
    }

    /// The number of the last purge.
    #[must_use]
    pub fn now(&self) -> u64 {
        self.sequence.load(Ordering::Acquire)
    }

    /// Takes out what depends on any of `tags`. What they were written in is committed by now.
    pub fn purge(&self, tags: &[CacheTag]) {
        if tags.contains(&CacheTag::EVERYTHING) {
            return self.purge_all();
        }
        if tags.is_empty() {
            return;
        }
        let mut state = self.lock();
        let number = self.next();
        let now = Instant::now();
        for tag in tags {
            let key = tag.key();
            state.purged.insert(key, (number, now));
            state.order.push_back((key, number));
            let entries = state.index.remove(&key).unwrap_or_default();
            state.links = state.links.saturating_sub(entries.len());
            entries
                .iter()
                .filter_map(Weak::upgrade)
                .for_each(|entry| entry.purge());
        }
        state.forget();
    }

    /// Takes out everything.
    pub fn purge_all(&self) {
        let mut state = self.lock();
        let number = self.next();
        state.purged.clear();
        state.order.clear();
        state.forgotten = Some((number, Instant::now()));
        state.links = 0;
        let index = std::mem::take(&mut state.index);
        for entry in index.values().flatten().filter_map(Weak::upgrade) {
            entry.purge();
        }
    }

    /// Whether `entry` may be kept, which was made of `tags` since the purge `begun`; then it is known here from now on.
    #[must_use]
    pub fn admit(&self, begun: u64, tags: &[TagKey], entry: &Weak<dyn Purgeable>) -> Admission {
        let mut state = self.lock();
        let mut late = false;
        let mut is_late = |at: Instant| {
            late = late || self.replica_lag.is_some_and(|lag| at.elapsed() < lag);
        };
        if let Some((number, at)) = state.forgotten {
            if number > begun {
                return Admission::Touched;
            }
            is_late(at);
        }
        for (number, at) in tags.iter().filter_map(|tag| state.purged.get(tag)) {
            if *number > begun {
                return Admission::Touched;
            }
            is_late(*at);
        }
        if late {
            return Admission::Shared;
        }
        for tag in tags {
            state
                .index
                .entry(*tag)
                .or_default()
                .push(Weak::clone(entry));
        }
        state.links += tags.len();
        state.sweep();
        Admission::Kept
    }

    /// Notes events for which this process has purged: it need not when they come by the feed.
    pub fn note(&self, events: Vec<EventId>) {
        if events.is_empty() {
            return;
        }
        let mut state = self.lock();
        for event in events {
            state.events.insert(event);
            state.events_in_order.push_back(event);
        }
        while state.events_in_order.len() > EVENTS {
            if let Some(oldest) = state.events_in_order.pop_front() {
                state.events.remove(&oldest);
            }
        }
    }

    /// Whether this process has purged for the event.
    #[must_use]
    pub fn has_noted(&self, event: EventId) -> bool {
        self.lock().events.contains(&event)
    }

    /// How many links there are from tags to what is kept: what the memory of this goes by.
    #[must_use]
    pub fn links(&self) -> usize {
        self.lock().links
    }

    /// Under the lock alone.
    fn next(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::AcqRel) + 1
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Purger {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Purger")
            .field("now", &self.now())
            .finish_non_exhaustive()
    }
}

impl State {
    /// Keeps the memory of purges bounded.
    fn forget(&mut self) {
        while self.order.len() > REMEMBERED {
            let Some((key, number)) = self.order.pop_front() else {
                return;
            };
            let known = self.purged.get(&key).copied();
            if let Some((last, at)) = known
                && last == number
            {
                self.purged.remove(&key);
                self.forgotten = Some((number, at));
            }
        }
    }

    /// Drops links to what is not there any more, now and then: as many as there are new ones since the last time.
    fn sweep(&mut self) {
        if self.links <= self.sweep_at.max(FEWEST_LINKS) {
            return;
        }
        self.index.retain(|_, entries| {
            entries.retain(|entry| entry.strong_count() > 0);
            !entries.is_empty()
        });
        self.links = self.index.values().map(Vec::len).sum();
        self.sweep_at = self.links * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, atomic::AtomicBool};
    use uuid::Uuid;

    #[derive(Default)]
    struct Thing(AtomicBool);

    impl Purgeable for Thing {
        fn purge(&self) {
            self.0.store(true, Ordering::Release);
        }
    }

    impl Thing {
        fn is_gone(&self) -> bool {
            self.0.load(Ordering::Acquire)
        }
    }

    fn admit(purger: &Purger, begun: u64, tags: &[CacheTag]) -> (Admission, Arc<Thing>) {
        let thing = Arc::new(Thing::default());
        let keys: Vec<_> = tags.iter().map(CacheTag::key).collect();
        let weak: Weak<dyn Purgeable> = Arc::downgrade(&(Arc::clone(&thing) as Arc<dyn Purgeable>));
        (purger.admit(begun, &keys, &weak), thing)
    }

    fn tag(number: u128) -> CacheTag {
        CacheTag::of("thing", Uuid::from_u128(number))
    }

    #[test]
    fn a_write_takes_out_what_was_made_of_it_and_nothing_else() {
        let purger = Purger::default();
        let (first, one) = admit(&purger, purger.now(), &[tag(1), tag(2)]);
        let (second, other) = admit(&purger, purger.now(), &[tag(3)]);
        assert_eq!([first, second], [Admission::Kept; 2]);
        purger.purge(&[tag(2)]);
        assert!(one.is_gone() && !other.is_gone());
        purger.purge(&[CacheTag::EVERYTHING]);
        assert!(other.is_gone());
    }

    #[test]
    fn what_began_before_a_write_is_not_kept_after_it() {
        let purger = Purger::default();
        let begun = purger.now();
        purger.purge(&[tag(1)]);
        assert_eq!(
            admit(&purger, begun, &[tag(1), tag(2)]).0,
            Admission::Touched
        );
        assert_eq!(admit(&purger, begun, &[tag(2)]).0, Admission::Kept);
        assert_eq!(admit(&purger, purger.now(), &[tag(1)]).0, Admission::Kept);
        purger.purge_all();
        assert_eq!(admit(&purger, begun, &[tag(2)]).0, Admission::Touched);
    }

    #[test]
    fn what_is_forgotten_counts_as_purged() {
        let purger = Purger::default();
        let begun = purger.now();
        for number in 0..=REMEMBERED as u128 {
            purger.purge(&[tag(number)]);
        }
        assert_eq!(
            admit(&purger, begun, &[tag(u128::MAX)]).0,
            Admission::Touched
        );
        assert_eq!(admit(&purger, purger.now(), &[tag(0)]).0, Admission::Kept);
        assert!(purger.lock().purged.len() <= REMEMBERED);
    }

    #[test]
    fn nothing_is_kept_that_a_replica_may_not_have_yet() {
        let purger = Purger::new(Some(Duration::from_secs(3_600)));
        purger.purge(&[tag(1)]);
        assert_eq!(admit(&purger, purger.now(), &[tag(1)]).0, Admission::Shared);
        assert_eq!(admit(&purger, purger.now(), &[tag(2)]).0, Admission::Kept);
    }

    #[test]
    fn the_index_holds_no_more_than_what_is_kept() {
        let purger = Purger::default();
        for number in 0..50_000 {
            // Dropped at once, as what is evicted is.
            let _ = admit(&purger, purger.now(), &[tag(number), tag(0)]);
        }
        assert!(purger.links() <= FEWEST_LINKS + 2, "{}", purger.links());
    }
}
