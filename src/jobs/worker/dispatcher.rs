//! Finds jobs that are due and begins them.

use super::{Shared, Slots, performance};
use crate::{
    error::Result,
    jobs::store::{self, Claim},
    platform::wakes::Topic,
};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;

/// How often to look without being told: what is due later, and what nobody could tell of.
const POLL: Duration = Duration::from_secs(1);
/// Most jobs taken by one statement.
const MOST: usize = 64;

/// Begins jobs until the worker stops.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut news = shared.app.wakes.listen(Topic::Jobs);
    let mut failures = 0;
    while !shared.stopping.is_cancelled() {
        news.mark_unchanged();
        match begin_due(&shared).await {
            Ok(true) => continue,
            Ok(false) => failures = 0,
            Err(error) => {
                failures += 1;
                tracing::warn!(error = error.for_operator(), "no jobs could be claimed");
            }
        }
        // Not all at the same time, and not for ever at a database that does not answer.
        let pause = POLL.mul_f64(0.8 + 0.4 * fastrand::f64()) * 2_u32.pow(failures.min(5));
        tokio::select! {
            _ = news.changed() => {}
            () = shared.look_again.notified() => {}
            () = sleep(pause) => {}
            () = shared.stopping.cancelled() => {}
        }
    }
}

/// Begins what is due, as far as there is room, and says whether there may be more.
async fn begin_due(shared: &Arc<Shared>) -> Result<bool> {
    let with_room: Vec<_> = shared
        .slots
        .iter()
        .filter(|slots| slots.free.available_permits() > 0)
        .collect();
    let names: Vec<_> = with_room.iter().map(|slots| slots.queue.name).collect();
    if names.is_empty() {
        return Ok(false);
    }
    let with_work = store::queues_with_work(&shared.app.database, &names).await?;
    let mut is_more = false;
    for slots in with_room {
        if with_work.iter().any(|name| name == slots.queue.name) {
            is_more |= begin_of(shared, slots).await?;
        }
    }
    Ok(is_more)
}

/// Begins due jobs of one queue, as far as there is room, and says whether there may be more, and room for it.
async fn begin_of(shared: &Arc<Shared>, slots: &Slots) -> Result<bool> {
    loop {
        let room = slots.free.available_permits().min(MOST);
        if room == 0 || shared.stopping.is_cancelled() {
            return Ok(false);
        }
        let database = &shared.app.database;
        let wanted = Claim {
            queue: slots.queue.name,
            worker: &shared.name,
            lease: shared.lease(),
            most: room,
        };
        let claimed = store::claim(database, wanted).await?;
        let is_all = claimed.len() < room;
        for job in claimed {
            // Only this task takes slots, so there are as many as there were.
            if let Ok(slot) = Arc::clone(&slots.free).try_acquire_owned() {
                performance::begin(shared, job, slot);
            }
        }
        if is_all {
            return Ok(false);
        }
    }
}
