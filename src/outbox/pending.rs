//! Whether someone has still to be told.

use super::{Event, Subscriber, subscriptions::order_key_sql};
use sea_orm::DbBackend;

/// SQL that is true while `S` has still to be told something of the aggregate whose id is the expression `id`: what it
/// keeps may be behind until then, and a check of it waits. A dead letter is not waited for.
#[must_use]
pub(crate) fn is_pending<S: Subscriber>(backend: DbBackend, id: &str) -> String {
    let aggregate = S::Event::AGGREGATE;
    let key = order_key_sql(backend == DbBackend::Postgres, S::NAME, aggregate, id);
    format!(
        "(EXISTS (SELECT 1 FROM outbox_event WHERE feed_position IS NULL AND name = '{}' \
             AND aggregate = '{aggregate}' AND aggregate_id = {id}) \
          OR EXISTS (SELECT 1 FROM job WHERE order_key = {key} AND state IN ('WAITING', 'RUNNING')))",
        S::Event::NAME
    )
}
