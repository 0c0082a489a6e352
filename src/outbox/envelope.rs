//! An event as it travels: with what is known of it beside its payload.

use super::Event;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entity::ids::EventId;
use sea_orm::QueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The columns that [`Envelope::from_row`] reads.
pub(super) const COLUMNS: &str = "id, name, version, aggregate, aggregate_id, sequence, occurred_at, \
     CAST(payload AS text) AS payload, request_id, feed_position";

/// An event whose payload nobody has read yet.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Names this event; whoever gets it twice knows it by this.
    pub id: EventId,
    /// What happened.
    pub name: String,
    /// The form of the payload.
    pub version: i16,
    /// What kind of thing it happened to.
    pub aggregate: String,
    /// Which thing.
    pub aggregate_id: Uuid,
    /// The how manieth event of that thing it is; the first is 1.
    pub sequence: i64,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The event itself.
    pub payload: Value,
}

/// An event, with what is known of it.
#[derive(Clone, Debug)]
pub struct Delivered<E> {
    /// Names this event; whoever gets it twice knows it by this.
    pub id: EventId,
    /// The how manieth event of its aggregate it is; the first is 1.
    pub sequence: i64,
    /// What it happened to.
    pub aggregate_id: Uuid,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// The event itself.
    pub event: E,
}

impl Envelope {
    /// Reads a row of [`COLUMNS`].
    pub(super) fn from_row(row: &QueryResult) -> Result<Self> {
        let payload: String = row.try_get("", "payload")?;
        Ok(Self {
            id: row.try_get("", "id")?,
            name: row.try_get("", "name")?,
            version: row.try_get("", "version")?,
            aggregate: row.try_get("", "aggregate")?,
            aggregate_id: row.try_get("", "aggregate_id")?,
            sequence: row.try_get("", "sequence")?,
            occurred_at: row.try_get("", "occurred_at")?,
            // Both databases let in nothing but JSON of ours; whoever changed it by hand gets a dead letter.
            payload: serde_json::from_str(&payload).unwrap_or(Value::Null),
        })
    }

    /// The event that it carries, when that is an `E`.
    ///
    /// # Errors
    /// Invalid when the payload is none of an `E`; Conflict when it is of a version that only newer servers know.
    pub fn read<E: Event>(&self) -> Result<Option<Delivered<E>>> {
        if self.name != E::NAME {
            return Ok(None);
        }
        Ok(Some(Delivered {
            id: self.id,
            sequence: self.sequence,
            aggregate_id: self.aggregate_id,
            occurred_at: self.occurred_at,
            event: self.event()?,
        }))
    }

    fn event<E: Event>(&self) -> Result<E> {
        let version = self.version;
        if version < E::VERSION {
            return E::upgrade(version, self.payload.clone());
        }
        if version > E::VERSION {
            // Written by a newer server: one of those will come and take it.
            return Err(Error::Conflict(format!(
                "The event is of version {version}, and this server reads versions up to {} of {} only.",
                E::VERSION,
                E::NAME
            )));
        }
        E::deserialize(&self.payload).map_err(|error| {
            Error::invalid(
                "payload",
                format!("It is not one of an event {}: {error}.", E::NAME),
            )
        })
    }
}
