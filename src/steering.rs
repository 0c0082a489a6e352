//! What people do about jobs, queues and sagas, and that it is written down: the rooms `jobs` and `sagas` stand
//! below the audit log, so this puts the two together for all who steer, over the API and by the command line.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    jobs,
    platform::database::Tx,
    sagas::{self, Resolution},
};
use entity::ids::{JobId, SagaId};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// As [`jobs::job_retry`].
///
/// # Errors
/// As [`jobs::job_retry`].
pub(crate) async fn job_retry(caller: &Caller, tx: &Tx, id: JobId) -> Result<()> {
    jobs::job_retry(caller, tx, id).await?;
    let entry = Entry::new("job.retry", "job", id).is("state", "WAITING");
    audit::record(tx, caller, &[entry]).await
}

/// As [`jobs::job_discard`].
///
/// # Errors
/// As [`jobs::job_discard`].
pub(crate) async fn job_discard(caller: &Caller, tx: &Tx, id: JobId) -> Result<()> {
    jobs::job_discard(caller, tx, id).await?;
    let entry = Entry::new("job.discard", "job", id).is("state", "DISCARDED");
    audit::record(tx, caller, &[entry]).await
}

/// As [`jobs::queue_pause`].
///
/// # Errors
/// As [`jobs::queue_pause`].
pub(crate) async fn queue_pause(caller: &Caller, tx: &Tx, name: &str) -> Result<()> {
    let changed = jobs::queue_pause(caller, tx, name).await?;
    let entry = Entry::named("queue.pause", "queue", name).change("paused", !changed, true);
    record_news(caller, tx, entry).await
}

/// As [`jobs::queue_resume`].
///
/// # Errors
/// As [`jobs::queue_resume`].
pub(crate) async fn queue_resume(caller: &Caller, tx: &Tx, name: &str) -> Result<()> {
    let changed = jobs::queue_resume(caller, tx, name).await?;
    let entry = Entry::named("queue.resume", "queue", name).change("paused", changed, false);
    record_news(caller, tx, entry).await
}

/// As [`sagas::saga_retry`], for `reason`.
///
/// # Errors
/// As [`sagas::saga_retry`]; Invalid when the reason is empty or too long.
pub(crate) async fn saga_retry(caller: &Caller, tx: &Tx, id: SagaId, reason: &str) -> Result<()> {
    let reason = known_reason(reason)?;
    sagas::saga_retry(caller, tx, id).await?;
    let entry = Entry::new("saga.retry", "saga", id).is("reason", reason);
    audit::record(tx, caller, &[entry]).await
}

/// As [`sagas::saga_resolve`], for `reason`.
///
/// # Errors
/// As [`sagas::saga_resolve`]; Invalid when the reason is empty or too long.
pub(crate) async fn saga_resolve(
    caller: &Caller,
    tx: &Tx,
    id: SagaId,
    step: &str,
    resolution: &Resolution,
    reason: &str,
) -> Result<()> {
    let reason = known_reason(reason)?;
    sagas::saga_resolve(caller, tx, id, step, resolution).await?;
    let outcome = match resolution {
        Resolution::Done(_) => "DONE",
        Resolution::Failed => "FAILED",
        Resolution::Undone => "UNDONE",
    };
    let entry = Entry::new("saga.resolve", "saga", id)
        .is("step", step)
        .is("outcome", outcome)
        .is("reason", reason);
    audit::record(tx, caller, &[entry]).await
}

/// Why somebody steers: whoever reads the audit log later wants to know.
fn known_reason(reason: &str) -> Result<&str> {
    let reason = reason.trim();
    if (1..=LONGEST_REASON).contains(&reason.chars().count()) {
        return Ok(reason);
    }
    let message = format!("Say why, in 1 to {LONGEST_REASON} characters.");
    Err(Error::invalid("reason", message))
}

async fn record_news(caller: &Caller, tx: &Tx, entry: Entry) -> Result<()> {
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(())
}
