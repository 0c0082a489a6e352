//! The totals of variants: the rows that everyone who buys the same contends for.

use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::ids::{ProductId, SellerId, VariantId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How the total of a variant changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub(super) variant: VariantId,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
}

/// A total as a shift left it.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Shifted {
    pub(super) variant_id: VariantId,
    pub(super) product_id: ProductId,
    pub(super) seller_id: SellerId,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) tracked: bool,
    pub(super) low_threshold: Option<i64>,
}

/// A variant whose total changed, before and after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) after: Shifted,
    /// How many could be had before.
    pub(super) available_before: i64,
}

impl Change {
    /// How many can be had now.
    pub(super) fn available(&self) -> i64 {
        self.after.on_hand.saturating_sub(self.after.reserved)
    }
}

/// Changes totals as `shifts` say, each variant standing there once, in one statement that takes their rows in the order of their ids.
/// Where a total would fall below what is promised, or a promise below nothing, it stays as it is, and is not among what is returned.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn shift(tx: &Tx, shifts: &[Shift], now: DateTime<Utc>) -> Result<Vec<Change>> {
    shift_by(tx, shifts, Promised::All, now).await
}

/// Has so many more units of each variant promised, where they are counted, as [`shift`] does. Of others there are always enough: they are
/// returned as they are.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn promise(
    tx: &Tx,
    wanted: &BTreeMap<VariantId, i64>,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let shifts: Vec<_> = wanted
        .iter()
        .map(|(variant, quantity)| Shift {
            variant: *variant,
            on_hand: 0,
            reserved: *quantity,
        })
        .collect();
    shift_by(tx, &shifts, Promised::Counted, now).await
}

/// Which variants' promises change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promised {
    /// Of all, since those that were promised were counted then.
    All,
    /// Of those whose units are counted now.
    Counted,
}

async fn shift_by(
    tx: &Tx,
    shifts: &[Shift],
    promised: Promised,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    if shifts.is_empty() {
        return Ok(Vec::new());
    }
    let backend = tx.get_database_backend();
    let wanted: Vec<Value> = shifts
        .iter()
        .map(|shift| {
            json!({
                "variant_id": shift.variant.0.simple().to_string(),
                "on_hand": shift.on_hand,
                "reserved": shift.reserved,
            })
        })
        .collect();
    let values = [Value::from(wanted).to_string().into(), now.into()];
    let statement = Statement::from_sql_and_values(backend, sql(backend, promised), values);
    let rows = Shifted::find_by_statement(statement).all(tx).await?;
    let changes = rows.into_iter().map(|after| {
        let shift = shifts
            .iter()
            .find(|shift| shift.variant == after.variant_id);
        let is_left = promised == Promised::Counted && !after.tracked;
        let shift = shift.filter(|_| !is_left);
        let more = shift.map_or(0, |shift| shift.on_hand - shift.reserved);
        Change {
            after,
            available_before: after.on_hand - after.reserved - more,
        }
    });
    Ok(changes.collect())
}

fn sql(backend: DbBackend, promised: Promised) -> String {
    let reserved = match promised {
        Promised::All => "s.reserved + w.reserved",
        Promised::Counted => "s.reserved + CASE WHEN s.tracked THEN w.reserved ELSE 0 END",
    };
    let set = format!(
        "on_hand = s.on_hand + w.on_hand, reserved = {reserved}, updated_at = $2, \
         is_low = (s.tracked AND s.low_threshold IS NOT NULL \
             AND s.on_hand + w.on_hand - ({reserved}) <= s.low_threshold)"
    );
    let fits = format!(
        "s.variant_id = w.variant_id AND {reserved} >= 0 AND {reserved} <= s.on_hand + w.on_hand"
    );
    if backend == DbBackend::Postgres {
        // An UPDATE takes rows in whatever order its plan meets them, so they are held first. It looks at each row again as it is by
        // then.
        return format!(
            "WITH w AS MATERIALIZED (SELECT * FROM json_to_recordset(CAST($1 AS json)) \
                 AS w (variant_id uuid, on_hand bigint, reserved bigint)), \
             held AS MATERIALIZED (SELECT variant_id FROM stock WHERE {} ORDER BY variant_id FOR NO KEY UPDATE) \
             UPDATE stock AS s SET {set} FROM w WHERE {} AND {fits} \
             RETURNING s.variant_id, s.product_id, s.seller_id, s.on_hand, s.reserved, s.tracked, s.low_threshold",
            lists::is_looked_up("variant_id", "variant_id", "w"),
            lists::is_looked_up("s.variant_id", "variant_id", "held"),
        );
    }
    format!(
        "UPDATE stock AS s SET {set} FROM (SELECT unhex(value ->> 'variant_id') AS variant_id, \
             value ->> 'on_hand' AS on_hand, value ->> 'reserved' AS reserved FROM json_each($1)) AS w WHERE {fits} \
         RETURNING variant_id, product_id, seller_id, on_hand, reserved, tracked, low_threshold"
    )
}

/// Makes sure that every total changed: those that could not contradict what is reserved and what lies at locations.
///
/// # Errors
/// Internal, naming a variant.
pub(super) fn all_of(shifts: &[Shift], changes: &[Change]) -> Result<()> {
    let is_done = |shift: &&Shift| {
        changes
            .iter()
            .any(|change| change.after.variant_id == shift.variant)
    };
    match shifts.iter().find(|shift| !is_done(shift)) {
        None => Ok(()),
        Some(shift) => Err(Error::internal(anyhow::anyhow!(
            "the stock of variant {} is not what its reservations and levels say: run `tradewind doctor`",
            shift.variant.0
        ))),
    }
}
