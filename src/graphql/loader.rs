//! A loader: collects the keys that one level of a query asks for and fetches them in one statement.
//!
//! Loaders live for one request, carry its caller, and wait inside the requesting task (the crate `dataloader`
//! does): one that waited in a task of its own would run before its siblings had asked.

use crate::{caller::Caller, error::Result};
use dataloader::{BatchFn, cached};
use std::{collections::HashMap, fmt::Debug, future::Future, hash::Hash, pin::Pin, sync::Arc};
use uuid::Uuid;

/// A future that a loader can hold.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Fetches values by key; keys it does not know stay out of the map.
type Fetch<K, V> = fn(Caller, Vec<K>) -> Pending<Result<HashMap<K, V>>>;

/// Loads values of type `V` by keys of type `K`.
pub(crate) struct Loader<K, V>(cached::Loader<K, Result<Option<V>>, Batch<K, V>>)
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static;

struct Batch<K, V> {
    caller: Caller,
    fetch: Fetch<K, V>,
}

impl<K, V> BatchFn<K, Result<Option<V>>> for Batch<K, V>
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Result<Option<V>>> {
        match (self.fetch)(self.caller.clone(), keys.to_vec()).await {
            Ok(mut found) => keys
                .iter()
                .map(|key| (key.clone(), Ok(found.remove(key))))
                .collect(),
            Err(error) => keys
                .iter()
                .map(|key| (key.clone(), Err(error.clone())))
                .collect(),
        }
    }
}

impl<K, V> Loader<K, V>
where
    K: Eq + Hash + Clone + Debug + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// More keys than any document can ask for, so that no level is fetched in parts.
    const LARGEST_BATCH: usize = 100_000;

    pub(super) fn new(caller: &Caller, fetch: Fetch<K, V>) -> Self {
        let batch = Batch {
            caller: caller.clone(),
            fetch,
        };
        Self(cached::Loader::new(batch).with_max_batch_size(Self::LARGEST_BATCH))
    }

    /// The value of `key`, or nothing where there is none for this caller.
    ///
    /// # Errors
    /// What the fetch said.
    pub(crate) async fn load(&self, key: K) -> Result<Option<V>> {
        // The batch answers every key it is asked for, so a missing answer can't be.
        self.0.try_load(key).await.unwrap_or(Ok(None))
    }

    /// Keeps values that were fetched in another way, for those who ask for one of them later.
    pub(crate) async fn keep(&self, values: impl Iterator<Item = (K, V)>) {
        self.0
            .prime_many(values.map(|(key, value)| (key, Ok(Some(value)))))
            .await;
    }

    /// The values of `keys`, fetched together and kept for those who ask for one of them later.
    ///
    /// # Errors
    /// What the fetch said.
    pub(crate) async fn load_many(&self, keys: Vec<K>) -> Result<HashMap<K, V>> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let mut values = HashMap::with_capacity(keys.len());
        for (key, value) in self.0.try_load_many(keys).await.unwrap_or_default() {
            if let Some(value) = value? {
                values.insert(key, value);
            }
        }
        Ok(values)
    }
}

/// A list that hangs off a parent: which parent, and what is asked of its list.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct ListOf<L> {
    pub(crate) parent: Uuid,
    pub(crate) list: Arc<L>,
}

// Not derived: that would ask the list itself to be cloned.
impl<L> Clone for ListOf<L> {
    fn clone(&self) -> Self {
        Self {
            parent: self.parent,
            list: Arc::clone(&self.list),
        }
    }
}

/// Fetches lists by [`ListOf`], one statement for all parents that ask the same of their lists.
pub(super) async fn by_list<L, V>(
    keys: Vec<ListOf<L>>,
    fetch: impl AsyncFn(&[Uuid], &L) -> Result<HashMap<Uuid, V>>,
) -> Result<HashMap<ListOf<L>, V>>
where
    L: Eq + Hash,
{
    let mut parents_by_list: HashMap<Arc<L>, Vec<Uuid>> = HashMap::new();
    for ListOf { parent, list } in keys {
        parents_by_list.entry(list).or_default().push(parent);
    }
    let mut found = HashMap::new();
    for (list, parents) in parents_by_list {
        for (parent, value) in fetch(&parents, &list).await? {
            let list = Arc::clone(&list);
            found.insert(ListOf { parent, list }, value);
        }
    }
    Ok(found)
}
