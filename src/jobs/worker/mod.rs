//! Doing jobs: claims those that are due, runs each on a thread of its own, keeps their leases, and takes over those of
//! workers that died.

mod dispatcher;
mod finisher;
mod keeper;
mod performance;
mod running;

use super::{Queue, Registry, store};
use crate::{app::App, platform::wakes::Topic};
use finisher::Succeeded;
use running::Running;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Jobs that succeeded and wait to be written down; whoever adds more waits.
const MOST_UNWRITTEN: usize = 1_024;

/// A worker of this process.
pub struct Worker {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

/// What the parts of a worker share.
struct Shared {
    app: App,
    registry: Registry,
    /// For people; what counts is the id of a lease.
    name: String,
    slots: Vec<Slots>,
    running: Running,
    succeeded: mpsc::Sender<Succeeded>,
    /// Told when there may be something to claim that was not there before.
    look_again: Notify,
    /// From here on no job is begun.
    stopping: CancellationToken,
    /// From here on nothing is to be written any more.
    ended: CancellationToken,
}

impl Shared {
    /// How long a worker may say nothing before its jobs are given to others.
    fn lease(&self) -> Duration {
        Duration::from_secs(self.app.settings.jobs_lease_seconds)
    }
}

/// How many jobs of a queue this process may run at once.
struct Slots {
    queue: Queue,
    free: Arc<Semaphore>,
}

impl Worker {
    /// Begins to do the jobs that `registry` knows.
    #[must_use]
    pub fn start(app: App, registry: Registry) -> Self {
        let (succeeded, to_write) = mpsc::channel(MOST_UNWRITTEN);
        let slots = registry.queues().map(|queue| {
            let concurrency = app
                .settings
                .jobs_concurrency
                .of(queue.name)
                .unwrap_or(queue.concurrency);
            Slots {
                queue,
                free: Arc::new(Semaphore::new(concurrency)),
            }
        });
        let shared = Arc::new(Shared {
            name: name(),
            slots: slots.collect(),
            running: Running::default(),
            succeeded,
            look_again: Notify::new(),
            stopping: CancellationToken::new(),
            ended: CancellationToken::new(),
            app,
            registry,
        });
        let tasks = TaskTracker::new();
        tasks.spawn(dispatcher::run(Arc::clone(&shared)));
        tasks.spawn(finisher::run(Arc::clone(&shared), to_write));
        tasks.spawn(keeper::keep_leases(Arc::clone(&shared)));
        tasks.spawn(keeper::keep_house(Arc::clone(&shared)));
        tasks.close();
        Self { shared, tasks }
    }

    /// Begins no more jobs, waits up to `patience` for those under way, and puts the rest back in line at once.
    pub async fn stop(self, patience: Duration) {
        let Shared {
            app,
            running,
            stopping,
            ended,
            ..
        } = &*self.shared;
        stopping.cancel();
        let _ = tokio::time::timeout(patience, running.wait_until_none()).await;
        let left = running.abandon();
        if !left.is_empty() {
            tracing::info!(jobs = left.len(), "jobs under way are put back in line");
            if let Err(error) = store::release(&app.database, &left).await {
                tracing::warn!(
                    error = error.for_operator(),
                    "leases could not be released; they will run out"
                );
            }
            app.wakes.wake(Topic::Jobs, &app.database, &app.tasks);
        }
        ended.cancel();
        self.tasks.wait().await;
    }
}

/// Where and as what the worker runs, as far as that is known.
fn name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{}:{}", host.trim(), std::process::id())
}
