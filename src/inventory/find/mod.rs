//! Finding stock, and what those who work in its shop see of it.

mod items;
mod levels;
mod locations;
mod movements;
mod stock;

pub(crate) use items::{
    ItemFilter, count as items_count, items, items_written, order as item_order,
};
pub(crate) use levels::levels_of_variants;
pub(crate) use locations::{
    by_id_written as location_by_id, by_ids as locations_by_ids, counts_of_sellers,
    of_sellers as locations_of_sellers, order as location_order,
};
pub(crate) use movements::{
    MovementFilter, count as movements_count, movements, order as movement_order,
};
pub(crate) use stock::{by_variants, by_variants_written};

use crate::{
    caller::Caller,
    error::{Error, Result},
    sellers::members,
};
use entity::ids::SellerId;

/// Lets only those pass who see what the shop keeps from the public.
///
/// # Errors
/// Unauthenticated; `NotFound` for everyone else.
async fn require_inside(caller: &Caller, seller: SellerId) -> Result<()> {
    caller.require_person()?;
    if members::is_inside(caller, seller).await? {
        Ok(())
    } else {
        Err(Error::NotFound("seller"))
    }
}
