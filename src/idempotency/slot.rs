//! The row of one key: looking at it, and taking it.

use super::{Intent, Key};
use crate::{
    app::App,
    caller::{Actor, Caller},
    error::Result,
    platform::database::time,
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use std::time::Duration;
use uuid::Uuid;

/// The shortest lease, however short requests are.
const SHORTEST_LEASE: Duration = Duration::from_secs(30);

/// A key of an actor for a mutation, and with what input it came.
pub(super) struct Slot {
    pub(super) app: App,
    actor: String,
    operation: String,
    key: String,
    fingerprint: String,
}

/// What there is to a key.
pub(super) enum State {
    /// Nobody's, or nobody's any more.
    Free,
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

    /// What there is to it.
    pub(super) async fn look(&self) -> Result<State> {
        let backend = self.app.database.backend();
        let sql = format!(
            "SELECT CASE WHEN {} THEN 'FREE' WHEN fingerprint <> $4 THEN 'OTHER' ELSE 'SAME' END AS state, \
                 CAST(result AS text) AS result \
             FROM idempotency_key WHERE actor = $1 AND operation = $2 AND key = $3",
            is_free(backend)
        );
        // A replica would be late.
        let db = match backend {
            DbBackend::Postgres => self.app.database.write(),
            _ => self.app.database.read(),
        };
        let statement = self.statement(sql, [self.fingerprint.as_str().into()]);
        let Some(row) = db.query_one_raw(statement).await? else {
            return Ok(State::Free);
        };
        let state: String = row.try_get("", "state")?;
        let result: Option<String> = row.try_get("", "result")?;
        Ok(match (state.as_str(), result) {
            ("FREE", _) => State::Free,
            ("OTHER", _) => State::Other,
            (_, Some(result)) => State::Finished(result),
            (_, None) => State::Held,
        })
    }

    /// Claims it as `id` if it is free, and then tells whether it was taken over from someone who died.
    pub(super) async fn take(&self, id: Uuid) -> Result<Option<bool>> {
        let settings = &self.app.settings;
        // No request takes that long, so whoever still holds it then is dead.
        let lease = (settings.request_timeout() * 2).max(SHORTEST_LEASE);
        let backend = self.app.database.backend();
        let (now, leased, expires) = (
            time::now(backend),
            time::from_now(backend, "$6"),
            time::from_now(backend, "$7"),
        );
        // One that is taken over keeps the time of its first claim.
        let sql = format!(
            "INSERT INTO idempotency_key (actor, operation, key, fingerprint, claim_id, leased_until, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, {leased}, {now}, {expires}) \
             ON CONFLICT (actor, operation, key) DO UPDATE SET fingerprint = excluded.fingerprint, \
                 claim_id = excluded.claim_id, leased_until = excluded.leased_until, result = NULL, finished_at = NULL, \
                 created_at = CASE WHEN idempotency_key.expires_at <= {now} THEN excluded.created_at \
                     ELSE idempotency_key.created_at END, \
                 expires_at = excluded.expires_at \
             WHERE {} \
             RETURNING CASE WHEN created_at < {} THEN 'TAKEN OVER' ELSE 'FIRST' END AS outcome",
            is_free(backend),
            time::from_now(backend, "-1"),
        );
        let values = [
            self.fingerprint.as_str().into(),
            id.into(),
            lease.as_secs_f64().into(),
            settings.idempotency_retention().as_secs_f64().into(),
        ];
        let db = self.app.database.write();
        let row = db.query_one_raw(self.statement(sql, values)).await?;
        row.map(|row| {
            let outcome: String = row.try_get("", "outcome")?;
            Ok(outcome == "TAKEN OVER")
        })
        .transpose()
    }
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
