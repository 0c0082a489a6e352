//! Reservations as rows, held in one order.

use crate::{
    error::Result,
    inventory::totals::{self, Change, Shift},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::ids::{ReservationId, VariantId};
use entity::inventory::reservation::State;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was reserved of a variant.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Reserved {
    pub(super) variant_id: VariantId,
    pub(super) quantity: i64,
    /// Whether it is among what the total says is reserved.
    pub(super) counted: bool,
}

/// A reservation of a holder's.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct OfHolder {
    pub(super) id: ReservationId,
    pub(super) variant_id: VariantId,
    pub(super) quantity: i64,
    pub(super) counted: bool,
    pub(super) state: State,
    pub(super) returned: i64,
}

/// All reservations of `holder`, held until the transaction ends.
pub(super) async fn hold(tx: &Tx, holder: Uuid) -> Result<Vec<OfHolder>> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT id, variant_id, quantity, counted, state, returned FROM stock_reservation WHERE holder_id = $1 \
         ORDER BY variant_id {}",
        lock(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, [holder.into()]);
    Ok(OfHolder::find_by_statement(statement).all(tx).await?)
}

/// What holds rows until the transaction ends. A transaction that may write is alone on SQLite.
pub(super) fn lock(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "FOR UPDATE",
        _ => "",
    }
}

/// Gives back to the totals what was reserved, by anyone and in any order.
pub(super) async fn give_back(
    tx: &Tx,
    reserved: &[Reserved],
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let mut by_variant: BTreeMap<VariantId, i64> = BTreeMap::new();
    for one in reserved.iter().filter(|one| one.counted) {
        *by_variant.entry(one.variant_id).or_default() -= one.quantity;
    }
    let shifts = by_variant.into_iter().map(|(variant, reserved)| Shift {
        variant,
        on_hand: 0,
        reserved,
    });
    let shifts: Vec<Shift> = shifts.collect();
    let changes = totals::shift(tx, &shifts, now).await?;
    totals::all_of(&shifts, &changes)?;
    Ok(changes)
}
