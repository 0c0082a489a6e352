//! Saying how many units were counted.

use super::{
    apply::{Change, Delta, apply},
    hold,
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    inventory::{
        MovementReason,
        rules::{MOST_UNITS, note},
    },
    platform::database::Tx,
    sellers::members::ShopPermission,
};
use entity::ids::{LocationId, VariantId};
use sea_orm::sea_query::LockType;

/// How many units of a variant lie at the location.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    pub(crate) variant: VariantId,
    pub(crate) units: i64,
    /// The version of what the server took to lie there when they were counted; 0 where that was nothing.
    pub(crate) expected_version: i64,
}

/// What was counted at a location.
#[derive(Clone, Debug)]
pub(crate) struct StockRecount {
    pub(crate) location: LocationId,
    pub(crate) note: Option<String>,
    pub(crate) items: Vec<Counted>,
}

/// Writes down what was counted; returns the variants. All of it or nothing.
///
/// # Errors
/// Conflict where units came or went since they were counted; else as `stock_adjust`.
pub(crate) async fn stock_recount(
    caller: &Caller,
    tx: &Tx,
    recount: &StockRecount,
) -> Result<Vec<VariantId>> {
    let note = note(recount.note.as_deref())?;
    for (index, item) in recount.items.iter().enumerate() {
        if !(0..=MOST_UNITS).contains(&item.units) {
            let message = format!("Nobody counts but 0 to {MOST_UNITS} units.");
            return Err(Error::invalid(hold::field(index, "counted"), message));
        }
    }
    let write = ShopPermission::StockWrite;
    let location = hold::location(tx, caller, recount.location, write, LockType::Share).await?;
    let variants: Vec<VariantId> = recount.items.iter().map(|item| item.variant).collect();
    let totals = hold::totals(tx, location.seller_id, &variants, caller.clock.now()).await?;
    let levels = hold::levels(tx, location.id, &variants).await?;
    let mut deltas = Vec::new();
    for (index, item) in recount.items.iter().enumerate() {
        let level = levels.get(&item.variant);
        if level.map_or(0, |level| level.version) != item.expected_version {
            return Err(Error::Conflict(
                "Units came or went since you counted. Read what lies there again, and count again.".to_owned(),
            ));
        }
        deltas.push(Delta {
            variant: item.variant,
            units: item.units - level.map_or(0, |level| level.on_hand),
            field: hold::field(index, "counted"),
        });
    }
    let change = Change {
        action: "stock.recount",
        reason: MovementReason::Recounted,
        note,
        location: &location,
        totals: &totals,
        levels: &levels,
    };
    apply(caller, tx, change, &deltas).await?;
    Ok(variants)
}
