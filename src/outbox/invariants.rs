//! What must always hold for events.

use crate::{
    error::Result,
    platform::database::{faults, time},
};
use sea_orm::ConnectionTrait;

/// Aggregates whose events are not numbered one by one up to the last number given. The first ones may be gone.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn sequences(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT e.aggregate_id AS id, 'it is a ' || e.aggregate || ' with ' || e.number || ' events from ' || e.first || \
           ' to ' || e.last || ', and ' || coalesce(a.last_sequence, 0) || ' was the last number given' AS fault \
         FROM (SELECT aggregate_id, aggregate, count(*) AS number, min(sequence) AS first, max(sequence) AS last \
               FROM outbox_event GROUP BY aggregate_id, aggregate) AS e \
         LEFT JOIN outbox_aggregate a ON a.aggregate_id = e.aggregate_id AND a.aggregate = e.aggregate \
         WHERE e.number <> e.last - e.first + 1 OR a.last_sequence IS NULL OR e.last <> a.last_sequence",
    )
    .await
}

/// Events that have waited for the relay for more than five minutes.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn waiting(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let overdue = time::from_now(db.get_database_backend(), "-300");
    let sql = format!(
        "SELECT id, 'an event ' || name || ' waits for the relay; is any worker running?' AS fault \
         FROM outbox_event WHERE feed_position IS NULL AND occurred_at < {overdue}"
    );
    faults(db, &sql).await
}

/// Events whose place in the feed is beyond its end, or before that of an earlier event of their aggregate.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn feed(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT id, fault FROM ( \
           SELECT id, 'its place in the feed is ' || feed_position || ', and the last one given is ' || \
             (SELECT last_position FROM outbox_feed) AS fault \
           FROM outbox_event WHERE feed_position > (SELECT last_position FROM outbox_feed) \
           UNION ALL \
           SELECT later.id, 'it was handed on before the event ' || earlier.sequence || ' of the same ' || later.aggregate \
           FROM outbox_event earlier JOIN outbox_event later ON later.aggregate_id = earlier.aggregate_id \
             AND later.aggregate = earlier.aggregate AND later.sequence = earlier.sequence + 1 \
           WHERE later.feed_position IS NOT NULL \
             AND (earlier.feed_position IS NULL OR earlier.feed_position > later.feed_position)) AS faults",
    )
    .await
}
