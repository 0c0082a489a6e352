//! The right to do what a key stands for: taken before the work, proven at its end, given back where it failed.

use super::{
    Intent, Key,
    slot::{Slot, State},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::{
        database::{Tx, time},
        to_its_end::to_its_end,
    },
};
use sea_orm::{ConnectionTrait, DbBackend};
use std::sync::Arc;
use uuid::Uuid;

/// What became of the wish to do what a key stands for.
pub(super) enum Claimed {
    /// It is the claimer's to do.
    Claim(Claim),
    /// It is done; this is its result, as JSON.
    Finished(String),
}

/// Claims `key` for `intent`, in a transaction of its own.
///
/// # Errors
/// `IdempotencyKeyReused` when it came with another input, `IdempotencyInProgress` when another is at it.
pub(super) async fn claim(caller: &Caller, intent: &Intent, key: &Key) -> Result<Claimed> {
    let slot = Arc::new(Slot::new(caller, intent, key));
    // Whoever loses the race for a key finds another's claim when it looks again.
    for _ in 0..2 {
        // Asked before the table is written to: on SQLite a twin would wait for the work of the first, which is what
        // writes. And a twin or a repetition is answered without a lock.
        match slot.look().await? {
            State::Free => {}
            State::Finished(result) => {
                count("replayed");
                return Ok(Claimed::Finished(result));
            }
            State::Other => {
                count("reused");
                return Err(Error::IdempotencyKeyReused);
            }
            State::Held => break,
        }
        // Were this cut off, nobody would know whose the key is until its lease runs out.
        let taking = take(Arc::clone(&slot));
        if let Some(claim) = to_its_end(&slot.app.tasks, taking).await?? {
            return Ok(Claimed::Claim(claim));
        }
    }
    count("in_progress");
    Err(Error::IdempotencyInProgress)
}

fn count(outcome: &'static str) {
    metrics::counter!("idempotency_requests_total", "outcome" => outcome).increment(1);
}

/// Takes the key if it is free. Where nobody waits for the claim any more, it is dropped, and so released.
async fn take(slot: Arc<Slot>) -> Result<Option<Claim>> {
    let claim = Claim {
        slot,
        id: Uuid::now_v7(),
        is_settled: false,
    };
    let Some(is_taken_over) = claim.slot.take(claim.id).await? else {
        claim.settle();
        return Ok(None);
    };
    count(if is_taken_over { "taken_over" } else { "first" });
    Ok(Some(claim))
}

/// The right to do what a key stands for, until its lease runs out. Released when it is dropped before its work ended: the
/// request was stopped, or panicked.
pub(super) struct Claim {
    slot: Arc<Slot>,
    id: Uuid,
    is_settled: bool,
}

impl Claim {
    /// Keeps `result` with what `tx` changed, if the claim is still its owner's.
    ///
    /// # Errors
    /// `IdempotencyInProgress` when another took it over: what `tx` changed must not be committed.
    pub(super) async fn finish(&self, tx: &Tx, result: String) -> Result<()> {
        let backend = tx.get_database_backend();
        let now = time::now(backend);
        let json = match backend {
            DbBackend::Postgres => "CAST($5 AS jsonb)",
            _ => "$5",
        };
        let sql = format!(
            "UPDATE idempotency_key SET result = {json}, finished_at = {now}, leased_until = {now}, expires_at = {} \
             WHERE actor = $1 AND operation = $2 AND key = $3 AND claim_id = $4 AND finished_at IS NULL",
            time::from_now(backend, "$6"),
        );
        let retention = self.slot.app.settings.idempotency_retention();
        let values = [
            self.id.into(),
            result.into(),
            retention.as_secs_f64().into(),
        ];
        let finished = tx.execute_raw(self.slot.statement(sql, values)).await?;
        if finished.rows_affected() == 0 {
            return Err(Error::IdempotencyInProgress);
        }
        Ok(())
    }

    /// There is nothing to be released.
    pub(super) fn settle(mut self) {
        self.is_settled = true;
    }

    /// Gives the key back, since its work changed nothing.
    pub(super) async fn release(mut self) {
        give_back(&self.slot, self.id).await;
        self.is_settled = true;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and the lease does it.
        if !self.is_settled && tokio::runtime::Handle::try_current().is_ok() {
            let (slot, id) = (Arc::clone(&self.slot), self.id);
            let tasks = slot.app.tasks.clone();
            tasks.spawn(async move { give_back(&slot, id).await });
        }
    }
}

/// Releases the key if it is still claimed as `id`. Where that cannot be done, it is free when the lease runs out.
async fn give_back(slot: &Slot, id: Uuid) {
    // Where a commit is on its way whose end nobody heard of, this waits for it, and leaves a finished key alone.
    let sql = "DELETE FROM idempotency_key \
               WHERE actor = $1 AND operation = $2 AND key = $3 AND claim_id = $4 AND finished_at IS NULL";
    let delete = slot.statement(sql.to_owned(), [id.into()]);
    if let Err(error) = slot.app.database.write().execute_raw(delete).await {
        tracing::warn!(%error, "an idempotency key is released only by its lease");
    }
}
