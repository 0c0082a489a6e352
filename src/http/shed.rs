//! Load shedding: no more requests at once than the server can answer in good time. Beyond that everyone would wait and
//! nobody be served, so whoever comes then is told at once to come back later.
//!
//! Handlers that make the database work take a slot when they have read what is asked. Not earlier, or a few clients
//! that send their bodies byte by byte would keep everyone out. Health and metrics take none: whoever watches the
//! server needs them most when it is busy.

use super::refused::Refused;
use crate::error::Error;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// How many requests are worked on, and may be.
#[derive(Debug)]
pub(super) struct Slots {
    most: u32,
    taken: Arc<AtomicU32>,
}

impl Slots {
    pub(super) fn new(most: u32) -> Self {
        Self {
            most,
            taken: Arc::default(),
        }
    }

    /// How many are taken.
    pub(super) fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }

    /// One slot, to be held until the answer is made.
    pub(super) fn take(&self) -> Result<Slot, Refused> {
        let one_more = |taken| (taken < self.most).then_some(taken + 1);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .map(|_| Slot(Arc::clone(&self.taken)))
            .map_err(|_| {
                metrics::counter!("http_requests_shed_total").increment(1);
                Refused::from(Error::Unavailable)
            })
    }
}

/// One request's; free again when it is dropped, be the request answered, stopped, or left by its client. A mutation keeps it
/// until its end, whoever left.
#[derive(Debug)]
#[must_use]
pub(super) struct Slot(Arc<AtomicU32>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
