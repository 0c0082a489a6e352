//! What runs beside requests: hearing what other processes tell, handing events on, and doing jobs.

use crate::{app::App, jobs, outbox, purging, worker};
use std::time::Duration;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// What runs beside requests in this process.
pub(crate) struct Background {
    worker: Option<jobs::Worker>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Background {
    /// Begins to hear what other processes tell, and with `works` to hand events on and to do jobs.
    pub(crate) fn start(app: &App, works: bool) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (listening, until) = (app.clone(), stop.clone());
        tasks.spawn(async move { listening.wakes.relay(&listening.database, &until).await });
        tasks.spawn(purging::run(app.clone(), stop.clone()));
        if works {
            let relay = outbox::relay::run(app.clone(), worker::subscriptions(), stop.clone());
            tasks.spawn(relay);
        }
        tasks.close();
        let worker = works.then(|| jobs::Worker::start(app.clone(), worker::registry()));
        Self {
            worker,
            tasks,
            stop,
        }
    }

    /// Begins nothing more, waits up to `patience` for the jobs under way, and gives the rest back at once.
    pub(crate) async fn stop(self, patience: Duration) {
        self.stop.cancel();
        if let Some(worker) = self.worker {
            worker.stop(patience).await;
        }
        self.tasks.wait().await;
    }
}
