//! How often a cache had what was asked of it.

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of one cache. Plain numbers, which `/metrics` reads: a hit pays for nothing more.
#[derive(Debug)]
pub struct Counts {
    name: &'static str,
    hits: AtomicU64,
    misses: AtomicU64,
    purges: AtomicU64,
}

impl Counts {
    /// The counts of the cache of this name, which is a label's value.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            hits: AtomicU64::default(),
            misses: AtomicU64::default(),
            purges: AtomicU64::default(),
        }
    }

    /// So many were there.
    pub fn hit(&self, number: u64) {
        self.hits.fetch_add(number, Ordering::Relaxed);
    }

    /// So many were not.
    pub fn miss(&self, number: u64) {
        self.misses.fetch_add(number, Ordering::Relaxed);
    }

    /// One was taken out by a write.
    pub fn purge(&self) {
        self.purges.fetch_add(1, Ordering::Relaxed);
    }

    /// Hits, misses and purges so far.
    #[must_use]
    pub fn totals(&self) -> [u64; 3] {
        [&self.hits, &self.misses, &self.purges].map(|count| count.load(Ordering::Relaxed))
    }

    /// Shows the counts in the metrics, with the bytes that the cache holds, or about holds.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio needs no more digits than a float has"
    )]
    pub fn show(&self, bytes: u64) {
        let [hits, misses, purges] = self.totals();
        metrics::counter!("cache_hits_total", "cache" => self.name).absolute(hits);
        metrics::counter!("cache_misses_total", "cache" => self.name).absolute(misses);
        metrics::counter!("cache_purges_total", "cache" => self.name).absolute(purges);
        metrics::gauge!("cache_bytes", "cache" => self.name).set(bytes as f64);
        let asked = (hits + misses).max(1);
        metrics::gauge!("cache_hit_ratio", "cache" => self.name).set(hits as f64 / asked as f64);
    }
}
