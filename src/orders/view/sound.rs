//! Whether the view says what the orders do.

use super::{
    ViewChanged, ViewPlaced,
    derive::{Derived, tables},
};
use crate::{error::Result, outbox, platform::database::faults};
use sea_orm::{ConnectionTrait, DbBackend};

/// Orders of which the view says something else than they do, or nothing, though nothing is under way that would make it so.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn view(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let backend = db.get_database_backend();
    let tables = tables(backend);
    let parts = tables.iter().flat_map(|derived| {
        let surplus = derived.is_surplus.map(|condition| {
            let table = derived.table;
            select(backend, &format!("{table}.order_id"), table, condition)
        });
        std::iter::once(differing(backend, derived)).chain(surplus)
    });
    let sql = parts.collect::<Vec<_>>().join(" UNION ");
    faults(db, &sql).await
}

fn select(backend: DbBackend, order: &str, from: &str, condition: &str) -> String {
    let placed = outbox::is_pending::<ViewPlaced>(backend, order);
    let changed = outbox::is_pending::<ViewChanged>(backend, order);
    format!(
        "SELECT {order} AS id, 'lists of orders show it otherwise than it is; `tradewind orders rebuild` mends that' AS fault \
         FROM {from} WHERE ({condition}) AND NOT {placed} AND NOT {changed}"
    )
}

/// SQL of the orders whose rows in the table are not there, or say something else.
fn differing(backend: DbBackend, derived: &Derived) -> String {
    let values = derived.columns.iter();
    let values: Vec<_> = values
        .map(|(name, value)| format!("{value} AS {name}"))
        .collect();
    let same = |name: &&str| format!("v.{name} = d.{name}");
    let key: Vec<_> = derived.key.iter().map(same).collect();
    let names = derived.columns.iter().map(|(name, _)| name);
    // A row that is not there differs in what names it, which is never null.
    let differs: Vec<_> = names
        .map(|name| format!("v.{name} IS DISTINCT FROM d.{name}"))
        .collect();
    let from = format!(
        "(SELECT o.id AS order_of, {} FROM {}) AS d LEFT JOIN {} v ON {}",
        values.join(", "),
        derived.source,
        derived.table,
        key.join(" AND ")
    );
    select(backend, "d.order_of", &from, &differs.join(" OR "))
}
