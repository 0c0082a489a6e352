//! The row of one key: looking at it, and taking it.

use super::{Intent, Key, in_flight::Name};
use crate::{
    app::App,
    caller::{Actor, Caller},
    error::Result,
    platform::database::{Tx, time},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

/// A key of an actor for a mutation, and with what input it came.
pub(super) struct Slot {
    app: App,
    actor: String,
    operation: String,
    key: String,
    fingerprint: String,
}

/// What there is to a key that could not be taken.
pub(super) enum State {
    /// Used with another input.
    Other,
    /// Being worked on.
    Held,
    /// Done; this is its result.
    Finished(String),
}

impl Slot {
    pub(super) fn new(caller: &Caller, intent: &Intent, key: &Key) -> Self {
        Self {
            app: (**caller).clone(),
            actor: match caller.actor {
                Actor::Anonymous => "anonymous".to_owned(),
                Actor::Operator => "operator".to_owned(),
                Actor::Person(person) => person.account.0.to_string(),
            },
            operation: intent.operation.clone(),
            key: key.as_str().to_owned(),
            fingerprint: intent.fingerprint.as_str().to_owned(),
        }
    }

    /// By what it is told from others.
    pub(super) fn name(&self) -> Name {
        (self.actor.clone(), self.operation.clone(), self.key.clone())
    }

    /// `sql` with the key as `$1` to `$3`, and `more` behind it.
    pub(super) fn statement(
        &self,
        sql: String,
        more: impl IntoIterator<Item = Value>,
    ) -> Statement {
        let key = [
            self.actor.as_str().into(),
            self.operation.as_str().into(),
            self.key.as_str().into(),
        ];
        let values = key.into_iter().chain(more);
        Statement::from_sql_and_values(self.app.database.backend(), sql, values)
    }

    /// Claims it in `tx`, if it is free and nobody else is at it.
    ///
    /// On PostgreSQL a lock that ends with `tx` is taken with it, so that twins need not wait for each other: who does not get it sees what is committed.
    pub(super) async fn take(&self, tx: &Tx) -> Result<bool> {
        let is_alone = if self.app.database.capabilities().advisory_locks {
            "pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2 || ' ' || $3, 0))"
        } else {
            "true"
        };
        let backend = tx.get_database_backend();
        let (now, expires) = (time::now(backend), time::from_now(backend, "$6"));
        // One that is taken over keeps the time of its first claim.
        let sql = format!(
            "INSERT INTO idempotency_key (actor, operation, key, fingerprint, claim_id, leased_until, created_at, expires_at) \
             SELECT $1, $2, $3, $4, $5, {now}, {now}, {expires} WHERE {is_alone} \
             ON CONFLICT (actor, operation, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
                 claim_id = excluded.claim_id, leased_until = excluded.leased_until, result = NULL, finished_at = NULL, \
                 created_at = CASE WHEN idempotency_key.expires_at <= {now} THEN excluded.created_at \
                     ELSE idempotency_key.created_at END, \
                 expires_at = excluded.expires_at \
             WHERE {} RETURNING key",
            is_free(backend),
        );
        let retention = self.app.settings.idempotency_retention();
        let values = [
            self.fingerprint.as_str().into(),
            Uuid::now_v7().into(),
            retention.as_secs_f64().into(),
        ];
        let taken = tx.query_one_raw(self.statement(sql, values)).await?;
        Ok(taken.is_some())
    }

    /// What there is to one that could not be taken.
    pub(super) async fn look(&self, tx: &Tx) -> Result<State> {
        let sql = "SELECT fingerprint, CAST(result AS text) AS result FROM idempotency_key \
             WHERE actor = $1 AND operation = $2 AND key = $3";
        let row = tx.query_one_raw(self.statement(sql.to_owned(), [])).await?;
        let Some(row) = row else {
            return Ok(State::Held);
        };
        let (fingerprint, result): (String, Option<String>) =
            (row.try_get("", "fingerprint")?, row.try_get("", "result")?);
        Ok(match result {
            _ if fingerprint != self.fingerprint => State::Other,
            Some(result) => State::Finished(result),
            None => State::Held,
        })
    }

    /// Keeps `result`, as JSON, with what `tx` changed: it took the key.
    pub(super) fn finish(&self, tx: &Tx, result: String) {
        let backend = tx.get_database_backend();
        let json = match backend {
            DbBackend::Postgres => "CAST($4 AS jsonb)",
            _ => "$4",
        };
        let sql = format!(
            "UPDATE idempotency_key SET result = {json}, finished_at = {} \
             WHERE actor = $1 AND operation = $2 AND key = $3",
            time::now(backend),
        );
        tx.put_off(self.statement(sql, [result.into()]));
    }
}

/// SQL that is true for keys whose time is over, and for those of the fingerprint `$4` that were claimed and never finished. None is committed
/// so now; versions that claimed keys in a commit of their own left some, with a lease.
fn is_free(backend: DbBackend) -> String {
    let now = time::now(backend);
    format!(
        "idempotency_key.leased_until <= {now} AND (idempotency_key.expires_at <= {now} \
         OR (idempotency_key.finished_at IS NULL AND idempotency_key.fingerprint = $4))"
    )
}
