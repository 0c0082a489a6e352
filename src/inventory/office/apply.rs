//! Bringing units to a location, or taking them from it, by hand.

use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    inventory::{
        Level, Location, MovementReason, Stock,
        movements::{Movement, Mover, move_units},
        news,
        rules::MOST_UNITS,
        totals::{self, Shift},
    },
    platform::database::Tx,
};
use entity::ids::VariantId;
use std::collections::HashMap;

/// How many units of a variant come; negative where they go.
pub(super) struct Delta {
    pub(super) variant: VariantId,
    pub(super) units: i64,
    /// Where it stands in the input.
    pub(super) field: String,
}

/// What is changed, and how.
pub(super) struct Change<'a> {
    /// What the audit log calls it.
    pub(super) action: &'static str,
    pub(super) reason: MovementReason,
    pub(super) note: Option<String>,
    pub(super) location: &'a Location,
    pub(super) totals: &'a HashMap<VariantId, Stock>,
    pub(super) levels: &'a HashMap<VariantId, Level>,
}

/// Brings units to the location, or takes them from it.
///
/// # Errors
/// Invalid, naming the item, where fewer would be left than none or than are promised, or more than anyone could count.
pub(super) async fn apply(
    caller: &Caller,
    tx: &Tx,
    change: Change<'_>,
    deltas: &[Delta],
) -> Result<()> {
    let (location, now) = (change.location, caller.clock.now());
    let (mut shifts, mut movements, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for delta in deltas.iter().filter(|delta| delta.units != 0) {
        let before = change.levels.get(&delta.variant);
        let before = before.map_or(0, |level| level.on_hand);
        let after = checked(&change, delta, before)?;
        shifts.push(Shift {
            variant: delta.variant,
            on_hand: delta.units,
            reserved: 0,
        });
        movements.push(Movement {
            variant: delta.variant,
            seller: location.seller_id,
            location: location.id,
            reason: change.reason,
            delta: delta.units,
            holder: None,
        });
        let entry = Entry::new(change.action, "variant", delta.variant)
            .of_shop(location.seller_id)
            .change("onHand", before, after)
            .is("location", location.id)
            .is("reason", change.reason);
        entries.push(match &change.note {
            Some(note) => entry.is("note", note),
            None => entry,
        });
    }
    if shifts.is_empty() {
        return Ok(());
    }
    let mover = Mover {
        agent: caller.into(),
        note: change.note,
        now,
    };
    let changes = totals::shift(tx, &shifts, now).await?;
    totals::all_of(&shifts, &changes)?;
    move_units(tx, &mover, &movements).await?;
    news::tell(tx, &changes).await?;
    audit::record(tx, caller, &entries).await
}

/// How many units lie there after it.
fn checked(change: &Change<'_>, delta: &Delta, before: i64) -> Result<i64> {
    let refuse = |message: String| Err(Error::invalid(delta.field.as_str(), message));
    let after = before.saturating_add(delta.units);
    if after < 0 {
        return refuse(format!("There are only {before} units at this location."));
    }
    let total = change.totals.get(&delta.variant);
    let (on_hand, reserved) = total.map_or((0, 0), |row| (row.on_hand, row.reserved));
    let left = on_hand.saturating_add(delta.units);
    if left < reserved {
        return refuse(format!(
            "{reserved} units are promised to orders, so there cannot be {left}."
        ));
    }
    // What lies there already, by an import, may be more.
    if delta.units > 0 && left > MOST_UNITS {
        return refuse(format!("There can be at most {MOST_UNITS} units."));
    }
    Ok(after)
}
