//! Taking back what was sold.

use super::rows::{self, OfHolder};
use crate::{
    audit::Agent,
    error::{Error, Result},
    inventory::{
        movements::{Movement, Mover, move_units},
        news,
        totals::{self, Shift},
    },
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::ids::{LocationId, VariantId};
use entity::inventory::{movement::Reason, reservation::State};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many units of a variant came back.
#[derive(Clone, Copy, Debug)]
pub struct ReturnLine {
    /// The variant.
    pub variant: VariantId,
    /// How many came back in all by now, so that saying it again changes nothing.
    pub returned: i64,
}

/// Takes back what was sold to `holder`: it lies at the shop's first location again, and a movement says so. Lines say how many came back
/// in all, each variant once, so doing it again changes nothing. Four statements on PostgreSQL and six on SQLite, and those of events.
///
/// # Errors
/// Conflict where more would come back than was sold, or less than before; whatever the database says.
pub async fn stock_return(
    tx: &Tx,
    by: impl Into<Agent>,
    holder: Uuid,
    lines: &[ReturnLine],
    now: DateTime<Utc>,
) -> Result<()> {
    let held = rows::hold(tx, holder).await?;
    let mut more: BTreeMap<VariantId, (&OfHolder, i64)> = BTreeMap::new();
    for line in lines {
        let row = held
            .iter()
            .find(|row| row.variant_id == line.variant && row.state == State::Claimed)
            .filter(|row| (row.returned..=row.quantity).contains(&line.returned));
        let row = row.ok_or_else(refused)?;
        if line.returned > row.returned {
            more.insert(line.variant, (row, line.returned - row.returned));
        }
    }
    if more.is_empty() {
        return Ok(());
    }
    note_returned(tx, &more, now).await?;
    let counted = more.iter().filter(|(_, (row, _))| row.counted);
    let shifts = counted.map(|(variant, (_, units))| Shift {
        variant: *variant,
        on_hand: *units,
        reserved: 0,
    });
    let shifts: Vec<Shift> = shifts.collect();
    let changes = totals::shift(tx, &shifts, now).await?;
    totals::all_of(&shifts, &changes)?;
    let movements = changes.iter().filter_map(|change| {
        let row = change.after;
        let (_, units) = more.get(&row.variant_id)?;
        Some(Movement {
            variant: row.variant_id,
            seller: row.seller_id,
            location: LocationId(row.seller_id.0),
            reason: Reason::Returned,
            delta: *units,
            holder: Some(holder),
        })
    });
    let mover = Mover {
        agent: by.into(),
        ..Mover::system(now)
    };
    move_units(tx, &mover, &movements.collect::<Vec<_>>()).await?;
    news::tell(tx, &changes).await
}

fn refused() -> Error {
    Error::Conflict(
        "As many units as were sold can come back, and those that did stay. Read the order again."
            .to_owned(),
    )
}

/// Counts what came back, against what was sold.
async fn note_returned(
    tx: &Tx,
    more: &BTreeMap<VariantId, (&OfHolder, i64)>,
    now: DateTime<Utc>,
) -> Result<()> {
    let backend = tx.get_database_backend();
    let (new, is_meant) = match backend {
        DbBackend::Postgres => (
            "SELECT * FROM json_to_recordset(CAST($1 AS json)) AS new (id uuid, units bigint)",
            lists::is_looked_up("sold.id", "id", "new"),
        ),
        _ => (
            "SELECT unhex(value ->> 'id') AS id, value ->> 'units' AS units FROM json_each($1)",
            "true".to_owned(),
        ),
    };
    let sql = format!(
        "WITH new AS MATERIALIZED ({new}) \
         UPDATE stock_reservation AS sold SET returned = sold.returned + new.units, updated_at = $2 FROM new \
         WHERE sold.id = new.id AND {is_meant} AND sold.state = 'CLAIMED' AND sold.returned + new.units <= sold.quantity"
    );
    let rows: Vec<Value> = more
        .values()
        .map(|(row, units)| json!({ "id": row.id.0.simple().to_string(), "units": units }))
        .collect();
    let values = [Value::from(rows).to_string().into(), now.into()];
    let noted = tx
        .execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    if noted.rows_affected() < more.len() as u64 {
        return Err(refused());
    }
    Ok(())
}
