//! What people do about jobs and queues, and that it is written down: the room `jobs` calls no other, so this puts it and
//! the audit log together for all who steer, over the API and by the command line.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    jobs,
    platform::database::Tx,
};
use entity::ids::JobId;

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

async fn record_news(caller: &Caller, tx: &Tx, entry: Entry) -> Result<()> {
    if entry.has_changes() {
        audit::record(tx, caller, &[entry]).await?;
    }
    Ok(())
}
