//! The attempts that are under way in this process.

use crate::jobs::store::Lease;
use entity::ids::JobId;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

/// An attempt under way.
pub(super) struct Entry {
    pub(super) lease: Lease,
    pub(super) kind: String,
    pub(super) timeout: Duration,
    pub(super) began: Instant,
    /// Stops the work at its next pause.
    pub(super) cancel: CancellationToken,
    /// Its place in the queue's concurrency; nothing once the work is done and only waits to be written down.
    pub(super) slot: Option<OwnedSemaphorePermit>,
}

/// The attempts under way, by job: a lease is held for each.
pub(super) struct Running {
    entries: Mutex<HashMap<JobId, Entry>>,
    count: watch::Sender<usize>,
}

impl Default for Running {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Running {
    pub(super) fn add(&self, entry: Entry) {
        let mut entries = self.lock();
        entries.insert(entry.lease.job, entry);
        self.count.send_replace(entries.len());
    }

    /// Takes an attempt out, if it is still under way.
    pub(super) fn remove(&self, lease: Lease) -> Option<Entry> {
        let mut entries = self.lock();
        let is_same = entries
            .get(&lease.job)
            .is_some_and(|entry| entry.lease == lease);
        let removed = is_same.then(|| entries.remove(&lease.job)).flatten();
        self.count.send_replace(entries.len());
        removed
    }

    /// Frees the slot of an attempt whose work is done, if it is still under way. Its lease is kept until that is
    /// written down.
    pub(super) fn free_slot(&self, lease: Lease) -> bool {
        let mut entries = self.lock();
        match entries.get_mut(&lease.job) {
            Some(entry) if entry.lease == lease => {
                entry.slot = None;
                true
            }
            _ => false,
        }
    }

    pub(super) fn leases(&self) -> Vec<Lease> {
        self.lock().values().map(|entry| entry.lease).collect()
    }

    /// Takes out, and stops, those whose lease `is_lost`; returns their kinds.
    pub(super) fn drop_lost(&self, is_lost: impl Fn(Lease) -> bool) -> Vec<String> {
        let mut entries = self.lock();
        let lost = entries.extract_if(|_, entry| is_lost(entry.lease));
        let kinds = lost
            .map(|(_, entry)| {
                entry.cancel.cancel();
                entry.kind
            })
            .collect();
        self.count.send_replace(entries.len());
        kinds
    }

    /// Takes out those that should have been stopped by their time-out `patience` ago: they never pause.
    pub(super) fn take_stuck(&self, patience: Duration) -> Vec<Entry> {
        let mut entries = self.lock();
        let stuck = entries
            .extract_if(|_, entry| {
                entry.slot.is_some() && entry.began.elapsed() > entry.timeout + patience
            })
            .map(|(_, entry)| entry)
            .collect();
        self.count.send_replace(entries.len());
        stuck
    }

    /// Stops all whose work is not done, and returns their leases.
    pub(super) fn abandon(&self) -> Vec<Lease> {
        let mut entries = self.lock();
        let abandoned = entries
            .extract_if(|_, entry| entry.slot.is_some())
            .map(|(_, entry)| {
                entry.cancel.cancel();
                entry.lease
            })
            .collect();
        self.count.send_replace(entries.len());
        abandoned
    }

    pub(super) async fn wait_until_none(&self) {
        // The sender lives as long as this does.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<JobId, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
