//! Writes down which jobs succeeded: all that end while one statement is under way go into the next.

use super::Shared;
use crate::jobs::store::{self, Lease};
use entity::ids::JobId;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::mpsc::Receiver;

/// Most jobs in one statement.
const MOST: usize = 256;
/// How often it is tried to write something down; after that the leases run out, and the jobs are done again.
const TRIES: u32 = 5;

/// A job that succeeded.
pub(super) struct Succeeded {
    pub(super) lease: Lease,
    pub(super) kind: String,
    /// Whether another job may wait for this one to end.
    pub(super) is_ordered: bool,
    /// Whether the job was finished by its own transaction.
    pub(super) is_written: bool,
}

/// Writes until the worker has ended and nothing is left to write.
pub(super) async fn run(shared: Arc<Shared>, mut succeeded: Receiver<Succeeded>) {
    let mut batch = Vec::with_capacity(MOST);
    loop {
        let received = shared
            .ended
            .run_until_cancelled(succeeded.recv_many(&mut batch, MOST))
            .await;
        if received.is_none() {
            while let Ok(job) = succeeded.try_recv() {
                batch.push(job);
            }
        }
        write(&shared, &batch).await;
        batch.clear();
        if received.is_none() {
            return;
        }
    }
}

async fn write(shared: &Shared, batch: &[Succeeded]) {
    let open: Vec<Lease> = batch
        .iter()
        .filter(|job| !job.is_written)
        .map(|job| job.lease)
        .collect();
    let finished = finish(shared, &open).await;
    for job in batch {
        let is_ours = job.is_written || finished.contains(&job.lease.job);
        let outcome = if is_ours { "done" } else { "fenced" };
        metrics::counter!("job_attempts_total", "kind" => job.kind.clone(), "outcome" => outcome)
            .increment(1);
        shared.running.remove(job.lease);
    }
    if batch.iter().any(|job| job.is_ordered) {
        shared.look_again.notify_one();
    }
}

async fn finish(shared: &Shared, open: &[Lease]) -> HashSet<JobId> {
    let mut pause = Duration::from_millis(50);
    for _ in 0..TRIES {
        if open.is_empty() {
            break;
        }
        match store::finish(&shared.app.database, open).await {
            Ok(finished) => return finished.into_iter().collect(),
            Err(error) => {
                tracing::warn!(
                    error = error.for_operator(),
                    "finished jobs could not be written down"
                );
                tokio::time::sleep(pause).await;
                pause *= 3;
            }
        }
    }
    HashSet::new()
}
