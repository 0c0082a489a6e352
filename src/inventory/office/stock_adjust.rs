//! Saying that units came or went.

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

/// Units that came to a location, or went from it.
#[derive(Clone, Debug)]
pub(crate) struct StockAdjust {
    pub(crate) location: LocationId,
    pub(crate) reason: MovementReason,
    pub(crate) note: Option<String>,
    /// How many of each variant came; negative where they went.
    pub(crate) items: Vec<(VariantId, i64)>,
}

/// Writes down that units came or went; returns their variants. All of it or nothing.
///
/// # Errors
/// Invalid, naming what is wrong; `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not.
pub(crate) async fn stock_adjust(
    caller: &Caller,
    tx: &Tx,
    adjust: &StockAdjust,
) -> Result<Vec<VariantId>> {
    let note = note(adjust.note.as_deref())?;
    for (index, (_, units)) in adjust.items.iter().enumerate() {
        check(adjust.reason, *units, index)?;
    }
    let write = ShopPermission::StockWrite;
    let location = hold::location(tx, caller, adjust.location, write, LockType::Share).await?;
    let variants: Vec<VariantId> = adjust.items.iter().map(|(variant, _)| *variant).collect();
    let totals = hold::totals(tx, location.seller_id, &variants, caller.clock.now()).await?;
    let levels = hold::levels(tx, location.id, &variants).await?;
    let deltas = adjust.items.iter().enumerate();
    let deltas: Vec<Delta> = deltas
        .map(|(index, (variant, units))| Delta {
            variant: *variant,
            units: *units,
            field: hold::field(index, "delta"),
        })
        .collect();
    let change = Change {
        action: "stock.adjust",
        reason: adjust.reason,
        note,
        location: &location,
        totals: &totals,
        levels: &levels,
    };
    apply(caller, tx, change, &deltas).await?;
    Ok(variants)
}

fn check(reason: MovementReason, units: i64, index: usize) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid(hold::field(index, "delta"), message));
    if units == 0 || units.abs() > MOST_UNITS {
        return refuse(format!(
            "Say how many units came, or with a minus how many went: 1 to {MOST_UNITS}."
        ));
    }
    match reason {
        MovementReason::Received if units < 0 => {
            refuse("Units that are received come: leave the minus away.".to_owned())
        }
        MovementReason::Damaged if units > 0 => {
            refuse("Units that are damaged go: write a minus before them.".to_owned())
        }
        _ => Ok(()),
    }
}
