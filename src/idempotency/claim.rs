//! The right to do what a key stands for: taken before the work, proven at its end, given back where it failed.

use super::{Intent, Key};
use crate::{
    app::App,
    caller::{Actor, Caller},
    error::{Error, Result},
    platform::database::{Tx, time},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use std::time::Duration;
use uuid::Uuid;

/// The shortest lease, however short requests are.
const SHORTEST_LEASE: Duration = Duration::from_secs(30);

/// What became of the wish to do what a key stands for.
pub(super) enum Claimed {
    /// It is the claimer's to do.
    Claim(Claim),
    /// It is done; this is its result, as JSON.
    Finished(String),
}

/// The right to do what a key stands for, until its lease runs out. Released when it is dropped before its work ended: the
/// request was stopped, or panicked.
pub(super) struct Claim {
    app: App,
    id: Uuid,
    actor: &'static str,
    operation: String,
    key: String,
    is_settled: bool,
}

/// Claims `key` for `intent`, in a transaction of its own.
///
/// # Errors
/// `IdempotencyKeyReused` when it came with another input, `IdempotencyInProgress` when another is at it.
pub(super) async fn claim(caller: &Caller, intent: &Intent, key: &Key) -> Result<Claimed> {
    let mut claim = Claim {
        app: (**caller).clone(),
        id: Uuid::now_v7(),
        actor: scope(caller.actor),
        operation: intent.operation.clone(),
        key: key.as_str().to_owned(),
        // There is nothing to give back yet.
        is_settled: true,
    };
    let fingerprint = intent.fingerprint.as_str();
    // Whoever loses the race for a key finds another's claim when it looks again.
    for _ in 0..2 {
        // Asked before the table is written to: on SQLite a twin would wait for the work of the first, which is what
        // writes. And a twin or a repetition is answered without a lock.
        match claim.look(fingerprint).await? {
            Some((State::Finished, Some(result))) => {
                count("replayed");
                return Ok(Claimed::Finished(result));
            }
            Some((State::Other, _)) => {
                count("reused");
                return Err(Error::IdempotencyKeyReused);
            }
            Some((State::Free, _)) | None => {}
            Some(_) => break,
        }
        if claim.take(fingerprint).await? {
            return Ok(Claimed::Claim(claim));
        }
    }
    count("in_progress");
    Err(Error::IdempotencyInProgress)
}

/// How the caller is told apart from others who use the same key.
fn scope(actor: Actor) -> &'static str {
    match actor {
        Actor::Anonymous => "anonymous",
        Actor::Admin => "admin",
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("idempotency_requests_total", "outcome" => outcome).increment(1);
}

/// What there is to a key.
enum State {
    /// Nobody's any more.
    Free,
    /// Used with another input.
    Other,
    /// Done.
    Finished,
    /// Being worked on.
    Held,
}

/// SQL that is true for keys whose time is over, and for those of the fingerprint `$4` whose owner died. A finished one
/// has no lease.
fn is_free(backend: DbBackend) -> String {
    let now = time::now(backend);
    format!(
        "idempotency_key.leased_until <= {now} AND (idempotency_key.expires_at <= {now} \
         OR (idempotency_key.finished_at IS NULL AND idempotency_key.fingerprint = $4))"
    )
}

impl Claim {
    fn statement(&self, sql: String, more: impl IntoIterator<Item = Value>) -> Statement {
        let key = [
            self.actor.into(),
            self.operation.as_str().into(),
            self.key.as_str().into(),
        ];
        let values = key.into_iter().chain(more);
        Statement::from_sql_and_values(self.app.database.backend(), sql, values)
    }

    async fn look(&self, fingerprint: &str) -> Result<Option<(State, Option<String>)>> {
        let backend = self.app.database.backend();
        let sql = format!(
            "SELECT CASE WHEN {} THEN 'FREE' WHEN fingerprint <> $4 THEN 'OTHER' WHEN finished_at IS NOT NULL THEN 'FINISHED' \
             ELSE 'HELD' END AS state, CAST(result AS text) AS result \
             FROM idempotency_key WHERE actor = $1 AND operation = $2 AND key = $3",
            is_free(backend)
        );
        // A replica would be late.
        let db = match backend {
            DbBackend::Postgres => self.app.database.write(),
            _ => self.app.database.read(),
        };
        let row = db
            .query_one_raw(self.statement(sql, [fingerprint.into()]))
            .await?;
        row.map(|row| {
            let state: String = row.try_get("", "state")?;
            let state = match state.as_str() {
                "FREE" => State::Free,
                "OTHER" => State::Other,
                "FINISHED" => State::Finished,
                _ => State::Held,
            };
            Ok((state, row.try_get("", "result")?))
        })
        .transpose()
    }

    /// Takes the key if it is free, and tells whether it was.
    async fn take(&mut self, fingerprint: &str) -> Result<bool> {
        let settings = &self.app.settings;
        let lease = (settings.request_timeout() * 2).max(SHORTEST_LEASE);
        let retention = settings.idempotency_retention();
        let backend = self.app.database.backend();
        let (now, leased, expires) = (
            time::now(backend),
            time::from_now(backend, "$6"),
            time::from_now(backend, "$7"),
        );
        // A claim that is taken over keeps the time of the first one.
        let sql = format!(
            "INSERT INTO idempotency_key (actor, operation, key, fingerprint, claim_id, leased_until, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, {leased}, {now}, {expires}) \
             ON CONFLICT (actor, operation, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
                 claim_id = excluded.claim_id, leased_until = excluded.leased_until, result = NULL, finished_at = NULL, \
                 created_at = CASE WHEN idempotency_key.expires_at <= {now} THEN excluded.created_at \
                     ELSE idempotency_key.created_at END, \
                 expires_at = excluded.expires_at \
             WHERE {} \
             RETURNING CASE WHEN created_at < {} THEN 'taken_over' ELSE 'first' END AS outcome",
            is_free(backend),
            time::from_now(backend, "-1"),
        );
        let values = [
            fingerprint.into(),
            self.id.into(),
            lease.as_secs_f64().into(),
            retention.as_secs_f64().into(),
        ];
        // Whoever is stopped while this is on its way may have claimed.
        self.is_settled = false;
        let taken = self
            .app
            .database
            .write()
            .query_one_raw(self.statement(sql, values))
            .await?;
        let Some(row) = taken else {
            self.is_settled = true;
            return Ok(false);
        };
        let outcome: String = row.try_get("", "outcome")?;
        count(if outcome == "first" {
            "first"
        } else {
            "taken_over"
        });
        Ok(true)
    }

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
        let retention = self.app.settings.idempotency_retention();
        let values = [
            self.id.into(),
            result.into(),
            retention.as_secs_f64().into(),
        ];
        let finished = tx.execute_raw(self.statement(sql, values)).await?;
        if finished.rows_affected() == 0 {
            return Err(Error::IdempotencyInProgress);
        }
        Ok(())
    }

    /// The work is committed, and nothing is to be released.
    pub(super) fn settle(mut self) {
        self.is_settled = true;
    }

    /// Gives the key back, since its work changed nothing. Where it cannot be, it is free when its lease runs out.
    pub(super) async fn release(mut self) {
        self.give_back().await;
        self.is_settled = true;
    }

    async fn give_back(&self) {
        // Where a commit is on its way whose end nobody heard of, this waits for it, and leaves a finished key alone.
        let sql = "DELETE FROM idempotency_key \
                   WHERE actor = $1 AND operation = $2 AND key = $3 AND claim_id = $4 AND finished_at IS NULL";
        let delete = self.statement(sql.to_owned(), [self.id.into()]);
        if let Err(error) = self.app.database.write().execute_raw(delete).await {
            tracing::warn!(%error, operation = self.operation, "an idempotency key is released only by its lease");
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // Without a runtime the process is about to end, and the lease does it.
        if self.is_settled || tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        let claim = Self {
            app: self.app.clone(),
            id: self.id,
            actor: self.actor,
            operation: std::mem::take(&mut self.operation),
            key: std::mem::take(&mut self.key),
            is_settled: true,
        };
        self.app.tasks.spawn(async move { claim.give_back().await });
    }
}
