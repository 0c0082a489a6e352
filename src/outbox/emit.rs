//! Writing down what happened.

use super::Event;
use crate::{
    error::{Error, Result},
    platform::{
        cache::CacheTag,
        database::{Tx, time, transactions},
        telemetry::RequestId,
        wakes::Topic,
    },
};
use entity::ids::EventId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};

/// Largest payload, in bytes of JSON.
const LARGEST_PAYLOAD: usize = 32 * 1024;

/// Tells of one event, see [`emit`].
///
/// # Errors
/// As [`emit`].
pub async fn emit_one<E: Event>(tx: &Tx, event: &E) -> Result<()> {
    emit(tx, std::slice::from_ref(event)).await
}

/// Tells of `events` when `tx` is committed, with one statement, however many they are.
///
/// Transactions that emit about the same aggregate wait for each other from here to their ends: that is what makes the
/// order of commits that of the sequence. So emit last, and once; events of several kinds go into one [`Batch`].
///
/// # Errors
/// Internal when a payload cannot be written as JSON or is too large; whatever the database says.
pub async fn emit<E: Event>(tx: &Tx, events: &[E]) -> Result<()> {
    let mut batch = Batch::default();
    batch.add(events)?;
    batch.emit(tx).await
}

/// Events of any kinds, to be told of together.
#[derive(Debug, Default)]
pub struct Batch {
    rows: Vec<Value>,
    ids: Vec<EventId>,
    purges: Vec<CacheTag>,
}

impl Batch {
    /// Puts `events` behind those that are in it.
    ///
    /// # Errors
    /// Internal when a payload cannot be written as JSON or is too large.
    pub fn add<E: Event>(&mut self, events: &[E]) -> Result<()> {
        let request_id = RequestId::current();
        for event in events {
            let id = EventId::generate();
            let row = row(self.rows.len(), id, event, request_id.as_ref())?;
            self.rows.push(row);
            self.ids.push(id);
            self.purges.extend(event.purges());
        }
        Ok(())
    }

    /// Tells of all of them when `tx` is committed, as [`emit`] does. No statement where there are none.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn emit(self, tx: &Tx) -> Result<()> {
        if let Some(statement) = self.statement(tx.get_database_backend()) {
            tx.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// The same with what `tx` does next, or before its commit.
    pub(crate) fn emit_with_next(self, tx: &Tx) {
        if let Some(statement) = self.statement(tx.get_database_backend()) {
            tx.put_off(statement);
        }
    }

    /// What tells of them, and what is to be done once that is committed.
    fn statement(self, backend: DbBackend) -> Option<Statement> {
        if self.rows.is_empty() {
            return None;
        }
        let rows = Value::from(self.rows).to_string();
        transactions::wake_after_commit(Topic::Outbox);
        transactions::purge_after_commit(self.purges, self.ids);
        Some(Statement::from_sql_and_values(
            backend,
            insert(backend),
            [rows.into()],
        ))
    }
}

fn row<E: Event>(
    ordinal: usize,
    id: EventId,
    event: &E,
    request_id: Option<&RequestId>,
) -> Result<Value> {
    let payload = serde_json::to_value(event).map_err(Error::internal)?;
    let size = payload.to_string().len();
    if size > LARGEST_PAYLOAD {
        return Err(Error::internal(anyhow::anyhow!(
            "an event {} has a payload of {size} bytes; the most is {LARGEST_PAYLOAD}",
            E::NAME
        )));
    }
    Ok(json!({
        "ordinal": ordinal,
        "id": id.0.simple().to_string(),
        "aggregate": E::AGGREGATE,
        "aggregate_id": event.aggregate_id().simple().to_string(),
        "name": E::NAME,
        "version": E::VERSION,
        "payload": payload,
        "request_id": request_id.map(RequestId::as_str),
    }))
}

/// One text for any number of events: they are bound as one value.
///
/// On PostgreSQL the upsert takes the rows of the aggregates in one order, kind by kind as those do who emit one kind after the other,
/// so that two of these never wait for each other in a circle. Only what comes out of it is numbered, so positions, too, are given once the aggregates are held: of one aggregate,
/// the order of positions is that of the sequence. On SQLite nobody else writes meanwhile, and a trigger counts the aggregates up.
fn insert(backend: DbBackend) -> String {
    let now = time::now(backend);
    let columns =
        "id, aggregate, aggregate_id, sequence, name, version, payload, request_id, occurred_at";
    if backend == DbBackend::Postgres {
        return format!(
            "WITH new AS MATERIALIZED (SELECT * FROM json_to_recordset(CAST($1 AS json)) AS new (ordinal bigint, id uuid, \
                 aggregate text, aggregate_id uuid, name text, version smallint, payload jsonb, request_id text)), \
             held AS (INSERT INTO outbox_aggregate AS known (aggregate_id, aggregate, last_sequence) \
                 SELECT aggregate_id, aggregate, count(*) FROM new WHERE true \
                 GROUP BY aggregate_id, aggregate ORDER BY aggregate, aggregate_id \
                 ON CONFLICT (aggregate_id, aggregate) DO UPDATE SET last_sequence = known.last_sequence + excluded.last_sequence \
                 RETURNING aggregate_id, aggregate, last_sequence) \
             INSERT INTO outbox_event ({columns}) \
             SELECT id, new.aggregate, new.aggregate_id, last_sequence + 1 - row_number() OVER \
                 (PARTITION BY new.aggregate_id, new.aggregate ORDER BY ordinal DESC) AS sequence, \
                 name, version, payload, request_id, {now} \
             FROM new JOIN held ON held.aggregate_id = new.aggregate_id AND held.aggregate = new.aggregate \
             ORDER BY new.aggregate_id, new.aggregate, sequence"
        );
    }
    format!(
        "INSERT INTO outbox_event ({columns}) \
         SELECT id, new.aggregate, new.aggregate_id, coalesce(last_sequence, 0) + row_number() OVER \
             (PARTITION BY new.aggregate_id, new.aggregate ORDER BY ordinal) AS sequence, \
             name, version, payload, request_id, {now} \
         FROM (SELECT key AS ordinal, unhex(value ->> 'id') AS id, value ->> 'aggregate' AS aggregate, \
             unhex(value ->> 'aggregate_id') AS aggregate_id, value ->> 'name' AS name, \
             value ->> 'version' AS version, value -> 'payload' AS payload, \
             value ->> 'request_id' AS request_id FROM json_each($1)) AS new \
         LEFT JOIN outbox_aggregate AS held ON held.aggregate_id = new.aggregate_id AND held.aggregate = new.aggregate \
         ORDER BY new.aggregate_id, new.aggregate, sequence"
    )
}
