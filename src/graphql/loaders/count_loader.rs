//! A loader of counts.
//!
//! Counts are asked for one by one, wherever they stand, and are never fetched ahead: the loader of the crate `dataloader` collects
//! them well. What look-ahead fetches goes through [our own](crate::graphql::loader).

use crate::{
    caller::Caller,
    error::Result,
    graphql::loader::{ListOf, Pending},
};
use dataloader::{BatchFn, cached};
use std::{collections::HashMap, fmt::Debug, hash::Hash, sync::Arc};

/// Counts the lists of these keys; what is left out is empty.
type Count<F> = fn(Caller, Vec<ListOf<F>>) -> Pending<Result<HashMap<ListOf<F>, u64>>>;

/// More keys than any document can ask for, so that no level is counted in parts.
const LARGEST_BATCH: usize = 100_000;

/// Loads how long lists are that differ by `F`.
pub(crate) struct CountLoader<F>(cached::Loader<ListOf<F>, Result<u64>, Batch<F>>)
where
    F: Debug + Eq + Hash + Send + Sync + 'static;

struct Batch<F> {
    caller: Arc<Caller>,
    count: Count<F>,
}

impl<F> BatchFn<ListOf<F>, Result<u64>> for Batch<F>
where
    F: Debug + Eq + Hash + Send + Sync + 'static,
{
    async fn load(&mut self, keys: &[ListOf<F>]) -> HashMap<ListOf<F>, Result<u64>> {
        let counted = (self.count)(Caller::clone(&self.caller), keys.to_vec()).await;
        let of = |key: &ListOf<F>| match &counted {
            Ok(counts) => Ok(counts.get(key).copied().unwrap_or_default()),
            Err(error) => Err(error.clone()),
        };
        keys.iter().map(|key| (key.clone(), of(key))).collect()
    }
}

impl<F> CountLoader<F>
where
    F: Debug + Eq + Hash + Send + Sync + 'static,
{
    pub(super) fn new(caller: &Arc<Caller>, count: Count<F>) -> Self {
        let batch = Batch {
            caller: Arc::clone(caller),
            count,
        };
        Self(cached::Loader::new(batch).with_max_batch_size(LARGEST_BATCH))
    }

    /// How long the list is.
    ///
    /// # Errors
    /// What the count said.
    pub(crate) async fn load(&self, key: ListOf<F>) -> Result<u64> {
        // The batch answers every key it is asked for, so a missing answer can't be.
        self.0.try_load(key).await.unwrap_or(Ok(0))
    }
}
