//! One attempt, from its beginning to what becomes of the job.

use super::{Shared, finisher::Succeeded, running::Entry};
use crate::{
    error::{Error, Result},
    jobs::{
        Attempt, backoff,
        registry::Kind,
        store::{self, Claimed, Failure, Outcome},
    },
    platform::{
        resilience::deadline::{self, Elapsed},
        telemetry::RequestId,
    },
};
use futures_util::FutureExt;
use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

/// Attempts at a job of a kind that nobody here knows: while servers are replaced one by one, a newer one will come by.
const ATTEMPTS_AT_UNKNOWN: u16 = 5;
/// How long an attempt at one of an unknown kind may take; it does nothing.
const NO_TIME: Duration = Duration::from_secs(1);

/// Why an attempt failed.
enum Fault {
    /// The work says so.
    Error(Error),
    TimedOut(Duration),
    Panicked(String),
    Unknown,
}

/// Begins an attempt on a thread of its own, so that work that never pauses holds up nothing but itself.
pub(super) fn begin(shared: &Arc<Shared>, claimed: Claimed, slot: OwnedSemaphorePermit) {
    let kind = shared.registry.kind(&claimed.kind);
    let cancel = CancellationToken::new();
    shared.running.add(Entry {
        lease: claimed.lease,
        kind: claimed.kind.clone(),
        timeout: kind.map_or(NO_TIME, |kind| kind.timeout),
        began: Instant::now(),
        cancel: cancel.clone(),
        slot: Some(slot),
    });
    let shared = Arc::clone(shared);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let span = tracing::info_span!(
            "job", kind = claimed.kind, job = %claimed.lease.job.0, attempt = claimed.attempt,
            request_id = claimed.request_id
        );
        let whole = async {
            let began = Instant::now();
            let attempt = Attempt::new(shared.app.clone(), &claimed, shared.stopping.clone());
            let request_id = claimed.request_id.as_deref().and_then(RequestId::parse);
            let work = RequestId::scope(request_id, perform(kind, &claimed, &attempt));
            // Nothing when the lease is lost or the worker has stopped: then others have said what becomes of the job.
            if let Some(result) = cancel.run_until_cancelled(work).await {
                conclude(&shared, kind, &claimed, &attempt, result, began.elapsed()).await;
            }
        };
        runtime.block_on(whole.instrument(span));
    });
}

async fn perform(kind: Option<Kind>, claimed: &Claimed, attempt: &Attempt) -> Result<(), Fault> {
    let Some(kind) = kind else {
        return Err(Fault::Unknown);
    };
    let work = async {
        let payload = serde_json::from_str(&claimed.payload)
            .map_err(|error| Error::invalid("payload", format!("It is not JSON: {error}.")))?;
        (kind.run)(claimed.version, payload, attempt).await
    };
    let work = deadline::within(kind.timeout, AssertUnwindSafe(work).catch_unwind());
    match work.await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(Fault::Error(error)),
        Ok(Err(panic)) => Err(Fault::Panicked(text_of(&*panic))),
        Err(Elapsed) => Err(Fault::TimedOut(kind.timeout)),
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a word".to_owned())
}

/// Writes down how an attempt ended.
async fn conclude(
    shared: &Shared,
    kind: Option<Kind>,
    claimed: &Claimed,
    attempt: &Attempt,
    result: Result<(), Fault>,
    elapsed: Duration,
) {
    let name = claimed.kind.clone();
    metrics::histogram!("job_duration_seconds", "kind" => name).record(elapsed.as_secs_f64());
    let fault = match result {
        Ok(()) => {
            if shared.running.free_slot(claimed.lease) {
                let succeeded = Succeeded {
                    lease: claimed.lease,
                    kind: claimed.kind.clone(),
                    is_ordered: claimed.is_ordered,
                    is_written: attempt.was_finished(),
                };
                // The other side ends after this one.
                let _ = shared.succeeded.send(succeeded).await;
                shared.look_again.notify_one();
            }
            return;
        }
        Err(fault) => fault,
    };
    // A worker that stops breaks work off; that is nobody's fault.
    let is_interrupted =
        shared.stopping.is_cancelled() && matches!(fault, Fault::Error(Error::Unavailable));
    let written = if is_interrupted {
        store::release(&shared.app.database, &[claimed.lease]).await
    } else {
        fail(shared, kind, claimed, &fault).await
    };
    if let Err(error) = written {
        // The lease runs out, and the job is tried again.
        tracing::warn!(
            error = error.for_operator(),
            "the end of an attempt could not be written down"
        );
    }
    shared.running.remove(claimed.lease);
    shared.look_again.notify_one();
}

async fn fail(shared: &Shared, kind: Option<Kind>, claimed: &Claimed, fault: &Fault) -> Result<()> {
    let wait = kind.map_or_else(
        || backoff::exponential(claimed.attempt),
        |kind| (kind.backoff)(claimed.attempt),
    );
    let is_final = match fault {
        Fault::Error(error) => matches!(error, Error::Invalid { .. }),
        Fault::Unknown => claimed.attempt - claimed.losses >= ATTEMPTS_AT_UNKNOWN,
        Fault::TimedOut(_) | Fault::Panicked(_) => false,
    };
    if matches!(fault, Fault::Panicked(_)) {
        metrics::counter!("jobs_panics_total", "kind" => claimed.kind.clone()).increment(1);
    }
    let failure = Failure {
        error: fault.to_string(),
        retry_in: (!is_final).then(|| backoff::jittered(wait)),
        most_losses: None,
    };
    let outcome = store::fail(&shared.app.database, claimed.lease, &failure).await?;
    tracing::warn!(error = failure.error, ?outcome, "a job failed");
    count(&claimed.kind, outcome);
    Ok(())
}

/// Counts an attempt that did not succeed.
pub(super) fn count(kind: &str, outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Waiting => "failed",
        Outcome::Dead => "dead",
        Outcome::Fenced => "fenced",
    };
    metrics::counter!("job_attempts_total", "kind" => kind.to_owned(), "outcome" => outcome)
        .increment(1);
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Error(error) => f.write_str(&error.for_operator()),
            Self::TimedOut(limit) => write!(f, "It took longer than {} s.", limit.as_secs_f64()),
            Self::Panicked(text) => write!(f, "It panicked: {text}"),
            Self::Unknown => f.write_str("No worker knows jobs of this kind."),
        }
    }
}
