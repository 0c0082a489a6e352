//! What a worker does besides its jobs: keeps their leases, takes over those of workers that died, gives up on what never
//! pauses, and has jobs that come round begun.

use super::{Shared, performance::count};
use crate::{
    error::Result,
    jobs::{
        backoff,
        job::MOST_LOSSES,
        schedules,
        store::{self, Failure, Lost},
    },
};
use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{MissedTickBehavior, interval};

/// How often to look for leases that ran out and for jobs that come round.
const LOOK: Duration = Duration::from_secs(5);
/// How long after its time-out work is taken to be unable to stop.
const PATIENCE: Duration = Duration::from_secs(5);

/// Keeps the leases of what is under way, until all has ended. Where one is lost the work is stopped, since another
/// may have begun it.
pub(super) async fn keep_leases(shared: Arc<Shared>) {
    let mut ticks = interval(shared.lease() / 3);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut kept = Instant::now();
    while shared
        .ended
        .run_until_cancelled(ticks.tick())
        .await
        .is_some()
    {
        let leases = shared.running.leases();
        if leases.is_empty() {
            kept = Instant::now();
            continue;
        }
        let asked = Instant::now();
        let lost = match store::extend(&shared.app.database, shared.lease(), &leases).await {
            Ok(held) => {
                kept = asked;
                let held: HashSet<_> = held.into_iter().collect();
                let asked_for: HashSet<_> = leases.into_iter().collect();
                shared
                    .running
                    .drop_lost(|lease| asked_for.contains(&lease) && !held.contains(&lease.job))
            }
            Err(error) => {
                tracing::warn!(error = error.for_operator(), "leases could not be kept");
                // By now others may have taken everything.
                let is_too_late = kept.elapsed() > shared.lease();
                shared
                    .running
                    .drop_lost(|lease| is_too_late && leases.contains(&lease))
            }
        };
        for kind in lost {
            tracing::warn!(kind, "a job was stopped, for its lease is lost");
            metrics::counter!("job_leases_lost_total", "kind" => kind).increment(1);
        }
    }
}

/// Looks after what nobody else looks after, until the worker stops.
pub(super) async fn keep_house(shared: Arc<Shared>) {
    let mut ticks = interval(LOOK.min(shared.lease() / 3));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_scheduled = false;
    while shared
        .stopping
        .run_until_cancelled(ticks.tick())
        .await
        .is_some()
    {
        let kept = async {
            give_up_stuck(&shared).await?;
            take_over_lost(&shared).await?;
            if !is_scheduled {
                schedules::install(&shared.app, shared.registry.timers()).await?;
                is_scheduled = true;
            }
            schedules::begin_due(&shared.app, shared.registry.timers()).await
        };
        if let Err(error) = kept.await {
            tracing::warn!(
                error = error.for_operator(),
                "the jobs could not be looked after"
            );
        }
    }
}

/// Makes dead letters of jobs whose work was to be stopped and does not pause to be. Trying again would only take
/// another thread.
async fn give_up_stuck(shared: &Shared) -> Result<()> {
    for stuck in shared.running.take_stuck(PATIENCE) {
        let failure = Failure {
            error: format!(
                "It took longer than {} s and could not be stopped, for it never pauses. Its thread is lost until the process ends.",
                stuck.timeout.as_secs_f64()
            ),
            retry_in: None,
            most_losses: None,
        };
        stuck.cancel.cancel();
        let outcome = store::fail(&shared.app.database, stuck.lease, &failure).await?;
        tracing::error!(kind = stuck.kind, job = %stuck.lease.job.0, "a job never pauses and was given up");
        metrics::counter!("job_threads_lost_total", "kind" => stuck.kind.clone()).increment(1);
        count(&stuck.kind, outcome);
        shared.look_again.notify_one();
    }
    Ok(())
}

/// Puts jobs of workers that died back in line.
async fn take_over_lost(shared: &Shared) -> Result<()> {
    for lost in store::lost(&shared.app.database).await? {
        let unknown = (backoff::exponential as fn(u16) -> Duration, MOST_LOSSES);
        let (wait, most_losses) = shared
            .registry
            .kind(&lost.kind)
            .map_or(unknown, |kind| (kind.backoff, kind.most_losses));
        let failure = Failure {
            error: reason(&lost, shared.lease()),
            retry_in: Some(backoff::jittered(wait(lost.attempt))),
            most_losses: Some(most_losses),
        };
        let outcome = store::fail(&shared.app.database, lost.lease, &failure).await?;
        tracing::warn!(kind = lost.kind, job = %lost.lease.job.0, worker = lost.worker, ?outcome, "a job was taken over");
        count(&lost.kind, outcome);
    }
    Ok(())
}

fn reason(lost: &Lost, lease: Duration) -> String {
    format!(
        "The worker {} was not heard of for {} s: it died, or the job took all of its memory.",
        lost.worker,
        lease.as_secs()
    )
}
