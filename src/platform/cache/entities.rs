//! What many requests ask for below their answers, kept by id: single rows, and the first rows of short lists.

use super::{Admission, CacheTag, Counts, Purgeable, Purger};
use crate::error::Result;
use moka::sync::Cache;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// For how long anything is kept at most: a bound for what should reach this process and does not.
const LONGEST: Duration = Duration::from_secs(60);

/// What a row that is kept depends on, by its id and by what is in it.
type TagsOf<Id, M> = fn(Id, &M) -> Vec<CacheTag>;

/// Rows of one kind, or lists of one kind, as everyone sees them.
pub struct Entities<Id, M> {
    /// Nothing where the setting says so.
    kept: Option<Cache<Id, Arc<Row<M>>>>,
    purger: Arc<Purger>,
    counts: Arc<Counts>,
    /// What a row depends on.
    tags: TagsOf<Id, M>,
}

struct Row<M> {
    model: Arc<M>,
    is_gone: AtomicBool,
    counts: Arc<Counts>,
}

impl<M: Send + Sync> Purgeable for Row<M> {
    fn purge(&self) {
        if !self.is_gone.swap(true, Ordering::AcqRel) {
            self.counts.purge();
        }
    }
}

impl<Id, M> Entities<Id, M>
where
    Id: Copy + Eq + Hash + Send + Sync + 'static,
    M: Send + Sync + 'static,
{
    /// At most `most` rows, each of which depends on its `tags`; `name` is that of the cache in the metrics.
    #[must_use]
    pub fn new(purger: &Arc<Purger>, name: &'static str, most: u64, tags: TagsOf<Id, M>) -> Self {
        Self {
            kept: (most > 0).then(|| {
                Cache::builder()
                    .max_capacity(most)
                    .time_to_live(LONGEST)
                    .build()
            }),
            purger: Arc::clone(purger),
            counts: Arc::new(Counts::new(name)),
            tags,
        }
    }

    /// Whether anything is kept at all.
    #[must_use]
    pub fn keeps(&self) -> bool {
        self.kept.is_some()
    }

    /// The rows of `ids`: those that are kept, and what `fetch` finds of the others. Ids of nothing are asked for each time.
    ///
    /// # Errors
    /// What `fetch` says.
    pub async fn get(
        &self,
        ids: Vec<Id>,
        fetch: impl AsyncFnOnce(Vec<Id>) -> Result<HashMap<Id, Arc<M>>>,
    ) -> Result<HashMap<Id, Arc<M>>> {
        let Some(kept) = &self.kept else {
            return fetch(ids).await;
        };
        let begun = self.purger.now();
        let mut found = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        for id in ids {
            let row = kept.get(&id);
            match row.filter(|row| !row.is_gone.load(Ordering::Acquire)) {
                Some(row) => {
                    found.insert(id, Arc::clone(&row.model));
                }
                None => missing.push(id),
            }
        }
        self.counts.hit(found.len() as u64);
        self.counts.miss(missing.len() as u64);
        if !missing.is_empty() {
            for (id, model) in fetch(missing).await? {
                self.keep(kept, begun, id, &model);
                found.insert(id, model);
            }
        }
        Ok(found)
    }

    fn keep(&self, kept: &Cache<Id, Arc<Row<M>>>, begun: u64, id: Id, model: &Arc<M>) {
        let row = Arc::new(Row {
            model: Arc::clone(model),
            is_gone: AtomicBool::new(false),
            counts: Arc::clone(&self.counts),
        });
        let tags = (self.tags)(id, model);
        let tags: Vec<_> = tags.iter().map(CacheTag::key).collect();
        let entry: Weak<dyn Purgeable> = Arc::downgrade(&(Arc::clone(&row) as Arc<dyn Purgeable>));
        if self.purger.admit(begun, &tags, &entry) == Admission::Kept {
            kept.insert(id, row);
        }
    }

    /// Shows its counts in the metrics. A row counts as much as its fields do without what they point at.
    pub fn show(&self) {
        let rows = self.kept.as_ref().map_or(0, Cache::entry_count);
        self.counts.show(rows * size_of::<M>() as u64);
    }

    /// Its counts.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl<Id, M> std::fmt::Debug for Entities<Id, M> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Entities")
            .field(&self.counts)
            .finish()
    }
}
