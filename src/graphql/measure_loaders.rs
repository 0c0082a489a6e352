//! What the loader of the crate `dataloader` costs beside our own: figures, not a test.
//!
//! `cargo test --lib measure_loaders -- --ignored --nocapture`; with `--profile bench` behind `test` for an optimised build.

use super::loader::{Loader, Pending};
use crate::{app::App, caller::Caller, error::Result, platform::config::Settings};
use dataloader::{BatchFn, cached};
use futures_util::future::join_all;
use secrecy::SecretString;
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::yield_now;

const ROUNDS: u32 = 400;

/// What both fetch: each key is its own value, after one round as a statement would take at least.
fn fetch(_: Caller, keys: Vec<u32>) -> Pending<Result<HashMap<u32, u32>>> {
    Box::pin(async move {
        yield_now().await;
        Ok(keys.into_iter().map(|key| (key, key)).collect())
    })
}

struct Batch(Arc<Caller>);

impl BatchFn<u32, Result<u32>> for Batch {
    async fn load(&mut self, keys: &[u32]) -> HashMap<u32, Result<u32>> {
        let found = fetch(Caller::clone(&self.0), keys.to_vec()).await;
        // Nothing that `fetch` says is an error.
        let found = found.unwrap_or_default();
        found
            .into_iter()
            .map(|(key, value)| (key, Ok(value)))
            .collect()
    }
}

/// A level of a query: each of `keys` is asked for twice by siblings, and once more later. The loader is a new one, as each
/// request has its own.
async fn ours(caller: &Arc<Caller>, keys: u32) {
    let loader = Loader::new(caller, fetch);
    let found = join_all((0..keys).chain(0..keys).map(|key| loader.load(key))).await;
    assert!(found.iter().all(|value| matches!(value, Ok(Some(_)))));
    for key in 0..keys {
        assert!(matches!(loader.load(key).await, Ok(Some(_))));
    }
}

/// The same, where look-ahead knew all keys.
async fn ours_ahead(caller: &Arc<Caller>, keys: u32) {
    let loader = Loader::new(caller, fetch);
    assert!(loader.load_many((0..keys).collect()).await.is_ok());
    let found = join_all((0..keys).chain(0..keys).map(|key| loader.load(key))).await;
    assert!(found.iter().all(|value| matches!(value, Ok(Some(_)))));
    for key in 0..keys {
        assert!(matches!(loader.load(key).await, Ok(Some(_))));
    }
}

async fn of_the_crate(caller: &Arc<Caller>, keys: u32) {
    let loader = cached::Loader::new(Batch(Arc::clone(caller))).with_max_batch_size(100_000);
    let found = join_all((0..keys).chain(0..keys).map(|key| loader.load(key))).await;
    assert!(found.iter().all(Result::is_ok));
    for key in 0..keys {
        assert!(loader.load(key).await.is_ok());
    }
}

async fn of_the_crate_ahead(caller: &Arc<Caller>, keys: u32) {
    let loader = cached::Loader::new(Batch(Arc::clone(caller))).with_max_batch_size(100_000);
    assert_eq!(
        loader.load_many((0..keys).collect()).await.len(),
        keys as usize
    );
    let found = join_all((0..keys).chain(0..keys).map(|key| loader.load(key))).await;
    assert!(found.iter().all(Result::is_ok));
    for key in 0..keys {
        assert!(loader.load(key).await.is_ok());
    }
}

async fn timed(work: impl AsyncFn()) -> Duration {
    let began = Instant::now();
    for _ in 0..ROUNDS {
        work().await;
    }
    began.elapsed() / ROUNDS
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
#[ignore = "figures, not a test"]
async fn figures() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let settings = Settings {
        database_url: SecretString::from(url),
        ..Settings::defaults()
    };
    let caller = Arc::new(Caller::anonymous(
        App::from_settings(settings).await.unwrap(),
    ));
    for keys in [1, 20, 60, 400] {
        let [mut own, mut own_ahead, mut theirs, mut theirs_ahead] = [const { Vec::new() }; 4];
        for _ in 0..5 {
            own.push(timed(async || ours(&caller, keys).await).await);
            theirs.push(timed(async || of_the_crate(&caller, keys).await).await);
            own_ahead.push(timed(async || ours_ahead(&caller, keys).await).await);
            theirs_ahead.push(timed(async || of_the_crate_ahead(&caller, keys).await).await);
        }
        println!(
            "{keys} keys: ours {:?}, the crate's {:?}; known ahead: ours {:?}, the crate's {:?}",
            median(own),
            median(theirs),
            median(own_ahead),
            median(theirs_ahead),
        );
    }
}
