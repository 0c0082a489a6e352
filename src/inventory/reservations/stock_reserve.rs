//! Promising units to someone.

use super::rows::{self, Reserved};
use crate::{
    error::{Error, Result},
    inventory::{
        news, rules,
        totals::{self, Shift},
    },
    outbox::Batch,
    platform::database::{Tx, lists, together},
};
use chrono::{DateTime, Utc};
use entity::ids::{ReservationId, VariantId};
use entity::inventory::reservation::{self, State};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// How many units of a variant someone wants.
#[derive(Clone, Copy, Debug)]
pub struct ReserveWish {
    /// The variant.
    pub variant: VariantId,
    /// How many, at least one.
    pub quantity: i64,
}

/// A variant of which fewer are to be had than someone wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Shortage {
    /// The variant.
    pub variant: VariantId,
    /// How many are wanted.
    pub wanted: i64,
    /// How many are to be had.
    pub available: i64,
}

/// Promises to `holder` what it wishes, until `expires_at`, and returns what there is too little of: then nothing may be kept, so return
/// an error. What the holder was promised already, or was sold, stays as it is, so doing it again promises nothing twice; what was
/// given back is promised anew. Of variants whose units are not counted there are always enough.
///
/// Two statements, and one of events, however many variants; two more where a variant is sold out by it. Those who want the
/// same wait from here on, so call this late, and once in a transaction.
///
/// # Errors
/// Invalid where a quantity is none; Conflict where the holder was promised another quantity; whatever the database says.
pub async fn stock_reserve(
    tx: &Tx,
    holder: Uuid,
    wishes: &[ReserveWish],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Shortage>> {
    let wanted = by_variant(wishes)?;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let promised = promise(tx, holder, &wanted, expires_at, now).await?;
    let shifts: Vec<Shift> = promised
        .iter()
        .filter(|one| one.counted)
        .map(|one| Shift {
            variant: one.variant_id,
            on_hand: 0,
            reserved: one.quantity,
        })
        .collect();
    let changes = totals::shift(tx, &shifts, now).await?;
    let mut short: Vec<VariantId> = shifts.iter().map(|shift| shift.variant).collect();
    short.retain(|id| changes.iter().all(|change| change.after.variant_id != *id));
    if promised.len() < wanted.len() {
        short.extend(unknown(tx, holder, &wanted, &promised).await?);
    }
    if short.is_empty() {
        news::tell(tx, &changes).await?;
        return Ok(Vec::new());
    }
    shortages(tx, &wanted, short).await
}

/// The same between two times, now and the end, for a holder that `tx` makes, to whom nothing was promised before. One statement, and one with
/// what `tx` does next; what there is to tell of it goes into `events`, for whoever has more to tell and does so at once.
///
/// # Errors
/// As [`stock_reserve`].
pub(crate) async fn stock_reserve_for_new(
    tx: &Tx,
    holder: Uuid,
    wishes: &[ReserveWish],
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
    events: &mut Batch,
) -> Result<Vec<Shortage>> {
    let wanted = by_variant(wishes)?;
    let changes = totals::promise(tx, &wanted, now).await?;
    let rows = changes.iter().map(|change| reservation::Model {
        id: ReservationId::generate(),
        seller_id: change.after.seller_id,
        variant_id: change.after.variant_id,
        holder_id: holder,
        quantity: wanted
            .get(&change.after.variant_id)
            .copied()
            .unwrap_or_default(),
        counted: change.after.tracked,
        state: State::Live,
        returned: 0,
        expires_at,
        created_at: now,
        updated_at: now,
    });
    let rows: Vec<_> = rows.collect();
    if rows.len() < wanted.len() {
        let is_short = |id: &VariantId| rows.iter().all(|row| row.variant_id != *id);
        let short = wanted.keys().copied().filter(is_short).collect();
        return shortages(tx, &wanted, short).await;
    }
    together::put_off::<reservation::Entity>(tx, &rows)?;
    news::gather(tx, &changes, events).await?;
    Ok(Vec::new())
}

/// How many of each variant are wished for.
fn by_variant(wishes: &[ReserveWish]) -> Result<BTreeMap<VariantId, i64>> {
    let mut wanted: BTreeMap<VariantId, i64> = BTreeMap::new();
    for wish in wishes {
        let sum = wanted.entry(wish.variant).or_default();
        *sum = sum.saturating_add(wish.quantity);
        if wish.quantity < 1 || *sum > rules::MOST_UNITS {
            let message = format!("A quantity is 1 to {} units.", rules::MOST_UNITS);
            return Err(Error::invalid("quantity", message));
        }
    }
    Ok(wanted)
}

/// Writes the reservations down, as far as they are not there; returns those that are new.
async fn promise(
    tx: &Tx,
    holder: Uuid,
    wanted: &BTreeMap<VariantId, i64>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<Reserved>> {
    let backend = tx.get_database_backend();
    let (new, is_meant) = match backend {
        DbBackend::Postgres => (
            "SELECT * FROM json_to_recordset(CAST($1 AS json)) AS new (id uuid, variant_id uuid, quantity bigint)",
            lists::is_looked_up("stock.variant_id", "variant_id", "new"),
        ),
        _ => (
            "SELECT unhex(value ->> 'id') AS id, unhex(value ->> 'variant_id') AS variant_id, \
             value ->> 'quantity' AS quantity FROM json_each($1)",
            "true".to_owned(),
        ),
    };
    let sql = format!(
        "WITH new AS MATERIALIZED ({new}) INSERT INTO stock_reservation AS known \
             (id, seller_id, variant_id, holder_id, quantity, counted, state, expires_at, created_at, updated_at) \
         SELECT new.id, stock.seller_id, new.variant_id, $2, new.quantity, stock.tracked, 'LIVE', $3, $4, $4 \
         FROM new JOIN stock ON stock.variant_id = new.variant_id WHERE {is_meant} ORDER BY new.variant_id \
         ON CONFLICT (holder_id, variant_id) DO UPDATE SET quantity = excluded.quantity, counted = excluded.counted, \
             state = excluded.state, expires_at = excluded.expires_at, updated_at = excluded.updated_at \
             WHERE known.state IN ('RELEASED', 'EXPIRED') \
         RETURNING variant_id, quantity, counted"
    );
    let hex = |id: Uuid| id.simple().to_string();
    let rows: Vec<Value> = wanted
        .iter()
        .map(|(variant, quantity)| {
            json!({
                "id": hex(ReservationId::generate().0),
                "variant_id": hex(variant.0),
                "quantity": quantity,
            })
        })
        .collect();
    let values = [
        Value::from(rows).to_string().into(),
        holder.into(),
        expires_at.into(),
        now.into(),
    ];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Reserved::find_by_statement(statement).all(tx).await?)
}

/// Those of `wanted` that are not promised now and were not before: variants that have no stock.
async fn unknown(
    tx: &Tx,
    holder: Uuid,
    wanted: &BTreeMap<VariantId, i64>,
    promised: &[Reserved],
) -> Result<Vec<VariantId>> {
    let mut unknown = Vec::new();
    let known = rows::hold(tx, holder).await?;
    for (variant, quantity) in wanted {
        if promised.iter().any(|one| one.variant_id == *variant) {
            continue;
        }
        match known.iter().find(|row| row.variant_id == *variant) {
            None => unknown.push(*variant),
            Some(row) if row.quantity == *quantity => {
                debug_assert!(matches!(row.state, State::Live | State::Claimed));
            }
            Some(_) => {
                return Err(Error::Conflict(
                    "Another quantity is reserved for this already. Give that back first."
                        .to_owned(),
                ));
            }
        }
    }
    Ok(unknown)
}

#[derive(FromQueryResult)]
struct Available {
    variant_id: VariantId,
    available: i64,
}

/// What is to be had of the variants `short`, beside what was wanted.
pub(super) async fn shortages(
    tx: &Tx,
    wanted: &BTreeMap<VariantId, i64>,
    mut short: Vec<VariantId>,
) -> Result<Vec<Shortage>> {
    short.sort_unstable();
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT variant_id, on_hand - reserved AS available FROM stock WHERE variant_id {}",
        lists::among_ids(backend)
    );
    let ids = lists::of_ids(backend, &short);
    let statement = Statement::from_sql_and_values(backend, sql, [ids]);
    let rows = Available::find_by_statement(statement).all(tx).await?;
    let rows = rows.into_iter().map(|row| (row.variant_id, row.available));
    let rows: HashMap<VariantId, i64> = rows.collect();
    let shortages = short.into_iter().map(|variant| Shortage {
        variant,
        wanted: wanted.get(&variant).copied().unwrap_or_default(),
        available: rows.get(&variant).copied().unwrap_or_default(),
    });
    Ok(shortages.collect())
}
