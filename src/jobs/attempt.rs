//! One attempt at a job, as the job's work sees it.

use super::store::{self, Lease};
use crate::{
    app::App,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::JobId;
use serde_json::Value;
use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio_util::sync::CancellationToken;

/// One attempt at a job: the server's own things, and the job's lease.
#[derive(Clone)]
pub struct Attempt {
    app: App,
    pub(super) lease: Lease,
    /// Which attempt it is since the job last came forward; the first is 1.
    pub number: u16,
    /// How many of those before it ended with their worker.
    pub losses: u16,
    /// The request that asked for the job.
    pub request_id: Option<String>,
    pub(super) stopping: CancellationToken,
    finished: Arc<AtomicBool>,
}

impl Attempt {
    pub(super) fn new(app: App, claimed: &store::Claimed, stopping: CancellationToken) -> Self {
        Self {
            app,
            lease: claimed.lease,
            number: claimed.attempt,
            losses: claimed.losses,
            request_id: claimed.request_id.clone(),
            stopping,
            finished: Arc::default(),
        }
    }

    /// The job.
    #[must_use]
    pub fn job(&self) -> JobId {
        self.lease.job
    }

    /// Whether the worker is about to stop: long work should break off at a place where it can go on later, with
    /// [`Attempt::interrupted`].
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// What work returns that broke off since the worker is about to stop: the job waits again at once, and the
    /// attempt does not count.
    #[must_use]
    pub fn interrupted(&self) -> Error {
        Error::Unavailable
    }

    /// Says how far the work is, for those who watch it.
    ///
    /// # Errors
    /// Conflict when the lease is lost.
    pub async fn report(&self, progress: &Value) -> Result<()> {
        store::report(self.app.database.write(), self.lease, progress).await
    }

    /// Makes `tx` fail where the lease is lost, and keeps it from being lost until `tx` ends: what `tx` writes is then
    /// written by nobody but the one attempt that counts.
    ///
    /// # Errors
    /// Conflict when the lease is lost.
    pub async fn hold(&self, tx: &Tx) -> Result<()> {
        store::hold(tx, self.lease).await
    }

    /// Says that the work has come forward, so that attempts are counted anew; this one is the first. For work in several parts: what
    /// befell it in one says nothing about the next.
    ///
    /// # Errors
    /// Conflict when the lease is lost.
    pub async fn came_forward(&self, tx: &Tx) -> Result<()> {
        store::came_forward(tx, self.lease).await
    }

    /// Finishes the job in `tx`, together with what the job wrote there: both are committed, or neither.
    ///
    /// # Errors
    /// Conflict when the lease is lost.
    pub async fn finish(&self, tx: &Tx) -> Result<()> {
        store::finish_one(tx, self.lease).await?;
        self.finished.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the work finished the job itself, if it was committed.
    pub(super) fn was_finished(&self) -> bool {
        self.finished.load(Ordering::Relaxed)
    }
}

impl Deref for Attempt {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
