//! Taking units from one location to another.

use super::hold;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    inventory::{
        Location, MovementReason,
        movements::{Movement, Mover, move_units},
        rules::{MOST_UNITS, note},
    },
    platform::database::Tx,
    sellers::members::ShopPermission,
};
use entity::ids::{LocationId, VariantId};
use sea_orm::sea_query::LockType;

/// Units that go from one location of a shop to another.
#[derive(Clone, Debug)]
pub(crate) struct StockTransfer {
    pub(crate) from: LocationId,
    pub(crate) to: LocationId,
    pub(crate) note: Option<String>,
    pub(crate) items: Vec<(VariantId, i64)>,
}

/// Takes units from one location to another; returns their variants. Totals stay as they are. All of it or nothing.
///
/// # Errors
/// Invalid, naming what is wrong; `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not.
pub(crate) async fn stock_transfer(
    caller: &Caller,
    tx: &Tx,
    transfer: &StockTransfer,
) -> Result<Vec<VariantId>> {
    let note = note(transfer.note.as_deref())?;
    for (index, (_, units)) in transfer.items.iter().enumerate() {
        if !(1..=MOST_UNITS).contains(units) {
            let message = format!("1 to {MOST_UNITS} units can go.");
            return Err(Error::invalid(hold::field(index, "quantity"), message));
        }
    }
    let (from, to) = ends(caller, tx, transfer).await?;
    let variants: Vec<VariantId> = transfer.items.iter().map(|(variant, _)| *variant).collect();
    let now = caller.clock.now();
    hold::totals(tx, from.seller_id, &variants, now).await?;
    let levels = hold::levels(tx, from.id, &variants).await?;
    let (mut movements, mut entries) = (Vec::new(), Vec::new());
    for (index, (variant, units)) in transfer.items.iter().enumerate() {
        let there = levels.get(variant).map_or(0, |level| level.on_hand);
        if there < *units {
            let message =
                format!("There are only {there} units at the location they are to leave.");
            return Err(Error::invalid(hold::field(index, "quantity"), message));
        }
        let moved = |location, reason, delta| Movement {
            variant: *variant,
            seller: from.seller_id,
            location,
            reason,
            delta,
            holder: None,
        };
        movements.push(moved(from.id, MovementReason::TransferredOut, -units));
        movements.push(moved(to.id, MovementReason::TransferredIn, *units));
        entries.push(
            Entry::new("stock.transfer", "variant", *variant)
                .of_shop(from.seller_id)
                .change("location", from.id, to.id)
                .is("units", units),
        );
    }
    let mover = Mover {
        agent: caller.into(),
        note,
        now,
    };
    move_units(tx, &mover, &movements).await?;
    audit::record(tx, caller, &entries).await?;
    Ok(variants)
}

/// Both locations, held in the order of their ids.
async fn ends(caller: &Caller, tx: &Tx, transfer: &StockTransfer) -> Result<(Location, Location)> {
    let refused = |message: &str| Error::invalid("input.toLocationId", message);
    if transfer.from == transfer.to {
        return Err(refused("They lie there already: name another location."));
    }
    let take = async |id| {
        let write = ShopPermission::StockWrite;
        hold::location(tx, caller, id, write, LockType::Share).await
    };
    let (from, to) = if transfer.from < transfer.to {
        let from = take(transfer.from).await?;
        (from, take(transfer.to).await?)
    } else {
        let to = take(transfer.to).await?;
        (take(transfer.from).await?, to)
    };
    if from.seller_id == to.seller_id {
        Ok((from, to))
    } else {
        Err(refused("It belongs to another shop: name one of the same."))
    }
}
