//! Selling what was promised.

use super::{
    rows::{self, OfHolder},
    stock_reserve::{Shortage, shortages},
};
use crate::{
    error::{Error, Result},
    inventory::{
        movements::{Movement, Mover, move_units},
        news,
        rules::{Shelf, pick},
        totals::{self, Change, Shift},
    },
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, ReservationId, VariantId};
use entity::inventory::{movement::Reason, reservation::State};
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Sells to `holder` what is promised to it: it is neither on hand nor reserved any more, and a movement says from where it went. What
/// has expired meanwhile is taken once more, if it is still to be had. Returns what could not be sold, since it has expired and is
/// gone, or was given back: then nothing may be kept, so return an error. What was sold already is not sold again.
///
/// Five statements on PostgreSQL and seven on SQLite, however many variants.
///
/// # Errors
/// Whatever the database says.
pub async fn stock_claim(tx: &Tx, holder: Uuid, now: DateTime<Utc>) -> Result<Vec<Shortage>> {
    let mut open = rows::hold(tx, holder).await?;
    open.retain(|row| row.state != State::Claimed);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let shifts: Vec<Shift> = open
        .iter()
        .filter(|row| row.counted && row.state != State::Released)
        .map(|row| Shift {
            variant: row.variant_id,
            on_hand: -row.quantity,
            // What has expired is not among what is reserved.
            reserved: match row.state {
                State::Live => -row.quantity,
                _ => 0,
            },
        })
        .collect();
    let changes = totals::shift(tx, &shifts, now).await?;
    let gone = gone(&open, &changes)?;
    if !gone.is_empty() {
        let wanted: BTreeMap<_, _> = open
            .iter()
            .map(|row| (row.variant_id, row.quantity))
            .collect();
        return shortages(tx, &wanted, gone).await;
    }
    mark_claimed(tx, &open, now).await?;
    let movements = taken(tx, holder, &shifts, &changes).await?;
    move_units(tx, &Mover::system(now), &movements).await?;
    news::tell(tx, &changes).await?;
    Ok(Vec::new())
}

/// The variants of `open` that could not be sold.
fn gone(open: &[OfHolder], changes: &[Change]) -> Result<Vec<VariantId>> {
    let mut gone = Vec::new();
    for row in open {
        let is_changed = changes
            .iter()
            .any(|change| change.after.variant_id == row.variant_id);
        match row.state {
            State::Live if row.counted && !is_changed => {
                return Err(Error::internal(anyhow::anyhow!(
                    "less of variant {} is reserved than reservation {} says: run `tradewind doctor`",
                    row.variant_id.0,
                    row.id.0
                )));
            }
            State::Expired if row.counted && !is_changed => gone.push(row.variant_id),
            State::Released => gone.push(row.variant_id),
            _ => {}
        }
    }
    Ok(gone)
}

async fn mark_claimed(tx: &Tx, rows: &[OfHolder], now: DateTime<Utc>) -> Result<()> {
    let backend = tx.get_database_backend();
    let ids: Vec<ReservationId> = rows.iter().map(|row| row.id).collect();
    let sql = format!(
        "UPDATE stock_reservation SET state = 'CLAIMED', updated_at = $2 WHERE id {} AND state IN ('LIVE', 'EXPIRED')",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, &ids), now.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Level {
    variant_id: VariantId,
    location_id: LocationId,
    on_hand: i64,
}

/// From where the units go that `shifts` took from the totals, which are held.
async fn taken(
    tx: &Tx,
    holder: Uuid,
    shifts: &[Shift],
    changes: &[Change],
) -> Result<Vec<Movement>> {
    if shifts.is_empty() {
        return Ok(Vec::new());
    }
    let variants: Vec<VariantId> = shifts.iter().map(|shift| shift.variant).collect();
    let shelves = shelves(tx, &variants).await?;
    let mut movements = Vec::new();
    for shift in shifts {
        let shelves = shelves.get(&shift.variant).map_or(&[][..], Vec::as_slice);
        let seller = changes
            .iter()
            .find(|change| change.after.variant_id == shift.variant)
            .map(|change| change.after.seller_id);
        let (Some(picked), Some(seller)) = (pick(shelves, -shift.on_hand), seller) else {
            return Err(Error::internal(anyhow::anyhow!(
                "less of variant {} lies at its locations than its total says: run `tradewind doctor`",
                shift.variant.0
            )));
        };
        movements.extend(picked.into_iter().map(|shelf| Movement {
            variant: shift.variant,
            seller,
            location: shelf.location,
            reason: Reason::Sold,
            delta: -shelf.on_hand,
            holder: Some(holder),
        }));
    }
    Ok(movements)
}

/// Where `variants` lie, in the order in which the locations are to be emptied.
pub(in crate::inventory) async fn shelves(
    tx: &Tx,
    variants: &[VariantId],
) -> Result<HashMap<VariantId, Vec<Shelf>>> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT level.variant_id, level.location_id, level.on_hand FROM stock_level AS level \
         JOIN stock_location AS location ON location.id = level.location_id \
         WHERE level.variant_id {} AND level.on_hand > 0 ORDER BY location.priority, location.id",
        lists::among_ids(backend)
    );
    let ids = lists::of_ids(backend, variants);
    let statement = Statement::from_sql_and_values(backend, sql, [ids]);
    let mut shelves: HashMap<VariantId, Vec<Shelf>> = HashMap::new();
    for level in Level::find_by_statement(statement).all(tx).await? {
        shelves.entry(level.variant_id).or_default().push(Shelf {
            location: level.location_id,
            on_hand: level.on_hand,
        });
    }
    Ok(shelves)
}
