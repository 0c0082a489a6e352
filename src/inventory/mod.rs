//! Stock: the sole owner of how many units there are.
//!
//! The total of a variant is what everyone who buys it contends for; where its units lie, and by which movements they came there, is
//! written in the same transaction, so that all three agree at any time. See docs/inventory.md.

pub(crate) mod availability;
mod events;
mod find;
pub(crate) mod graphql;
pub(crate) mod invariants;
mod movements;
mod news;
mod office;
mod reservations;
mod rules;
mod stock_open;
mod stock_set;
mod totals;

pub(crate) use entity::inventory::{
    level::Model as Level,
    location::Model as Location,
    movement::{Model as StockMovement, Reason as MovementReason},
    stock::Model as Stock,
};
pub(crate) use events::{AvailabilityChanged, LowStock, RefreshAvailability, StockChanged};
pub(crate) use find::{
    ItemFilter, MovementFilter, by_variants, by_variants_written, counts_of_sellers, item_order,
    items, items_count, items_written, levels_of_variants, location_by_id, location_order,
    locations_by_ids, locations_of_sellers, movement_order, movements as movements_of,
    movements_count,
};
pub(crate) use office::{
    Counted, Expected, LocationCreate, LocationReactivate, LocationUpdate, StockAdjust,
    StockRecount, StockTransfer, location_create, location_deactivate, location_reactivate,
    location_update, stock_adjust, stock_recount, stock_threshold_set, stock_transfer,
};
pub(crate) use reservations::stock_reserve_for_new;
pub use reservations::{
    ExpireReservations, ReserveWish, ReturnLine, Shortage, stock_claim, stock_extend,
    stock_release, stock_reserve, stock_return,
};
pub use stock_open::stock_open;
pub(crate) use stock_set::{StockPlan, StockWish, stock_hold, stock_plan, stock_set};
