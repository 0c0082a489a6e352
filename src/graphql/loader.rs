//! A loader: collects the keys that one level of a query asks for and fetches them in one statement.
//!
//! Loaders live for one request and carry its caller. A batch is driven by whichever of those that wait for it is polled:
//! one in a task of its own would run before its siblings had asked, and one that belonged to the first of them would be
//! lost with it.

use super::next_round::next_round;
use crate::{caller::Caller, error::Result};
use futures_util::future::{FutureExt, Shared};
use std::{
    collections::{HashMap, HashSet},
    future::Future,
    hash::Hash,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// A future that a loader can hold.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Fetches values by key; keys it does not know stay out of the map.
type Fetch<K, V> = fn(Caller, Vec<K>) -> Pending<Result<HashMap<K, V>>>;

/// Loads values of type `V` by keys of type `K`.
pub(crate) struct Loader<K, V> {
    caller: Arc<Caller>,
    fetch: Fetch<K, V>,
    state: Arc<Mutex<State<K, V>>>,
}

/// The fetch of some keys, which everyone who waits for one of them drives.
type Batch = Shared<Pending<()>>;

struct State<K, V> {
    /// What was fetched, and what of it was not there or went wrong.
    known: HashMap<K, Result<Option<V>>>,
    /// What is under way, and in which batch.
    awaited: HashMap<K, Batch>,
    /// The batch that is being collected, and its keys.
    next: Option<(Batch, Vec<K>)>,
    /// The batch that is being fetched.
    running: Option<Batch>,
}

impl<K, V> Default for State<K, V> {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            awaited: HashMap::new(),
            next: None,
            running: None,
        }
    }
}

impl<K: Eq + Hash, V> State<K, V> {
    fn keep(&mut self, keys: Vec<K>, fetched: Result<HashMap<K, V>>) {
        let (mut found, failed) = match fetched {
            Ok(found) => (found, None),
            Err(error) => (HashMap::new(), Some(error)),
        };
        for key in keys {
            self.awaited.remove(&key);
            let value = match &failed {
                None => Ok(found.remove(&key)),
                Some(error) => Err(error.clone()),
            };
            self.known.insert(key, value);
        }
    }

    /// Makes the batch that was collected the one that is fetched, and returns its keys.
    fn start(&mut self) -> Option<Vec<K>> {
        let (batch, keys) = self.next.take()?;
        self.running = Some(batch);
        Some(keys)
    }

    /// How many keys are collected.
    fn collected(&self) -> usize {
        self.next.as_ref().map_or(0, |(_, keys)| keys.len())
    }
}

/// No code of others runs under the lock, so what a panic left behind is whole.
fn locked<K, V>(state: &Mutex<State<K, V>>) -> MutexGuard<'_, State<K, V>> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K, V> Loader<K, V>
where
    K: Eq + Hash + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(super) fn new(caller: &Arc<Caller>, fetch: Fetch<K, V>) -> Self {
        Self {
            caller: Arc::clone(caller),
            fetch,
            state: Arc::default(),
        }
    }

    /// The value of `key`, or nothing where there is none for this caller.
    ///
    /// # Errors
    /// What the fetch said.
    pub(crate) async fn load(&self, key: K) -> Result<Option<V>> {
        loop {
            let batch = {
                let mut state = locked(&self.state);
                if let Some(known) = state.known.get(&key) {
                    return known.clone();
                }
                match state.awaited.get(&key) {
                    Some(batch) => batch.clone(),
                    None => self.join(&mut state, key.clone()),
                }
            };
            // It answers every key that was asked of it, so that the next round finds an answer.
            batch.await;
        }
    }

    /// Has the next batch fetch `key` too.
    fn join(&self, state: &mut State<K, V>, key: K) -> Batch {
        let running = state.running.clone();
        let next = state
            .next
            .get_or_insert_with(|| (self.batch(running), Vec::new()));
        let (batch, keys) = next;
        keys.push(key.clone());
        let batch = batch.clone();
        state.awaited.insert(key, batch.clone());
        batch
    }

    /// A batch of whatever is asked for until the one before it is fetched, and until the task has gone round once without
    /// a new key: who comes a little later is taken along.
    fn batch(&self, before: Option<Batch>) -> Batch {
        let (caller, fetch) = (Arc::clone(&self.caller), self.fetch);
        // The state holds the batch: were it held in turn, a request that is given up would never be freed.
        let loader = Arc::downgrade(&self.state);
        let work: Pending<()> = Box::pin(async move {
            if let Some(before) = before {
                before.await;
            }
            let mut collected = 0;
            loop {
                next_round().await;
                let now = loader
                    .upgrade()
                    .map_or(0, |state| locked(&state).collected());
                if now == collected {
                    break;
                }
                collected = now;
            }
            // Who asks from here on is for the batch after this one.
            let keys = loader.upgrade().and_then(|state| locked(&state).start());
            let Some(keys) = keys else { return };
            let fetched = fetch(Caller::clone(&caller), keys.clone()).await;
            if let Some(state) = loader.upgrade() {
                let mut state = locked(&state);
                state.running = None;
                state.keep(keys, fetched);
            }
        });
        work.shared()
    }

    /// Keeps values that were fetched in another way, for those who ask for one of them later.
    pub(crate) fn keep(&self, values: impl Iterator<Item = (K, V)>) {
        let values = values.map(|(key, value)| (key, Ok(Some(value))));
        locked(&self.state).known.extend(values);
    }

    /// The values of `keys`, fetched together and at once, and kept for those who ask for one of them later.
    ///
    /// # Errors
    /// What the fetch said.
    pub(crate) async fn load_many(&self, keys: Vec<K>) -> Result<HashMap<K, V>> {
        let missing: Vec<K> = {
            let state = locked(&self.state);
            let is_new =
                |key: &&K| !state.known.contains_key(*key) && !state.awaited.contains_key(*key);
            let missing: HashSet<&K> = keys.iter().filter(is_new).collect();
            missing.into_iter().cloned().collect()
        };
        if !missing.is_empty() {
            let fetched = (self.fetch)(Caller::clone(&self.caller), missing.clone()).await;
            locked(&self.state).keep(missing, fetched);
        }
        let mut values = HashMap::with_capacity(keys.len());
        for key in keys {
            if let Some(value) = self.load(key.clone()).await? {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{app::App, error::Error, platform::config::Settings};
    use futures_util::{future::join_all, poll};
    use secrecy::SecretString;
    use std::{
        pin::pin,
        sync::atomic::{AtomicU32, Ordering},
    };
    use tempfile::TempDir;
    use tokio::task::yield_now;

    /// Someone who asks, and the folder of the database.
    async fn caller() -> (Arc<Caller>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let settings = Settings {
            database_url: SecretString::from(url),
            ..Settings::defaults()
        };
        let app = App::from_settings(settings).await.unwrap();
        (Arc::new(Caller::anonymous(app)), folder)
    }

    /// The value of each key is how many were fetched together; there is none for 0.
    fn together(_: Caller, keys: Vec<u32>) -> Pending<Result<HashMap<u32, usize>>> {
        let count = keys.len();
        Box::pin(async move {
            yield_now().await;
            let known = keys.into_iter().filter(|key| *key > 0);
            Ok(known.map(|key| (key, count)).collect())
        })
    }

    #[tokio::test]
    async fn siblings_are_fetched_together_and_once() {
        let (caller, _folder) = caller().await;
        let loader = Loader::new(&caller, together);
        let found = join_all((0..50).chain(0..50).map(|key| loader.load(key))).await;
        for (index, value) in found.into_iter().enumerate() {
            assert_eq!(value.unwrap(), (index % 50 > 0).then_some(50));
        }
        assert_eq!(loader.load(7).await.unwrap(), Some(50), "kept");
        let more = loader.load_many(vec![7, 0, 100, 100]).await.unwrap();
        assert_eq!(more, HashMap::from([(7, 50), (100, 1)]));
    }

    #[tokio::test]
    async fn a_batch_outlives_who_asked_first() {
        let (caller, _folder) = caller().await;
        let loader = Loader::new(&caller, together);
        {
            let mut first = pin!(loader.load(1));
            // Until the fetch itself is under way.
            for _ in 0..3 {
                assert!(poll!(first.as_mut()).is_pending());
            }
        }
        let second = tokio::time::timeout(std::time::Duration::from_secs(30), loader.load(1)).await;
        assert_eq!(second.unwrap().unwrap(), Some(1));
    }

    static FETCHES: AtomicU32 = AtomicU32::new(0);

    fn failing(_: Caller, _: Vec<u32>) -> Pending<Result<HashMap<u32, u32>>> {
        FETCHES.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Err(Error::Unavailable) })
    }

    #[tokio::test]
    async fn everyone_hears_of_an_error_and_nobody_asks_again() {
        let (caller, _folder) = caller().await;
        let loader = Loader::new(&caller, failing);
        let found = join_all([1, 2, 1].map(|key| loader.load(key))).await;
        assert!(
            found
                .iter()
                .all(|value| matches!(value, Err(Error::Unavailable)))
        );
        assert!(matches!(loader.load(2).await, Err(Error::Unavailable)));
        assert!(matches!(
            loader.load_many(vec![1]).await,
            Err(Error::Unavailable)
        ));
        assert_eq!(FETCHES.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_request_that_is_given_up_is_freed() {
        let (caller, _folder) = caller().await;
        let loader = Loader::new(&caller, together);
        let mut load = Box::pin(loader.load(1));
        assert!(poll!(load.as_mut()).is_pending());
        drop(load);
        let state = Arc::downgrade(&loader.state);
        drop(loader);
        assert!(state.upgrade().is_none());
    }
}
