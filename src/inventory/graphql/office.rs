//! What those who work in a shop do to its stock.

use super::{Location, inputs as i, items::StockItem};
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        ids::decode,
        user_errors::{UserError, or_user_errors},
    },
    inventory,
};
use async_graphql::{Context, MaybeUndefined, Object, SimpleObject};
use entity::ids::{LocationId, VariantId};

/// What became of a location.
#[derive(SimpleObject)]
pub(crate) struct LocationPayload {
    /// The location as it is now; nothing where nothing was done.
    location: Option<Location>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of stock.
#[derive(SimpleObject)]
pub(crate) struct StockPayload {
    /// The stock of the variants it was about, in their order; empty where nothing was done.
    items: Vec<StockItem>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a threshold.
#[derive(SimpleObject)]
pub(crate) struct StockThresholdPayload {
    /// The variant's stock; nothing where nothing was done.
    item: Option<StockItem>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

async fn location(
    ctx: &Context<'_>,
    done: Result<LocationId>,
    field: &str,
) -> Result<LocationPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let location = match done {
        Some(id) => Some(inventory::location_by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(LocationPayload {
        location,
        user_errors,
    })
}

async fn stock(
    ctx: &Context<'_>,
    done: Result<Vec<VariantId>>,
    field: &str,
) -> Result<StockPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let ids = done.unwrap_or_default();
    let items = if ids.is_empty() {
        Vec::new()
    } else {
        let mut rows = inventory::items_written(caller(ctx), &ids).await?;
        let rows = ids.iter().filter_map(|id| rows.remove(id));
        rows.map(StockItem::from).collect()
    };
    Ok(StockPayload { items, user_errors })
}

#[derive(Default)]
pub(crate) struct InventoryMutations;

#[Object]
impl InventoryMutations {
    /// Makes a place where a shop's stock lies. A shop has at most twenty that are active. For its owners and managers.
    async fn location_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A location that is made.")] input: i::LocationCreateInput,
    ) -> Result<LocationPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let new = inventory::LocationCreate {
            seller: decode(&input.seller_id, "input.sellerId")?,
            name: input.name,
            priority: input.priority,
        };
        let done = once(ctx, async |tx| {
            inventory::location_create(caller, tx, &new).await
        });
        location(ctx, done.await, "input.sellerId").await
    }

    /// Changes what a location is called, and when it is emptied. For the shop's owners and managers.
    async fn location_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of a location is changed; what is left out stays.")]
        input: i::LocationUpdateInput,
    ) -> Result<LocationPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let change = inventory::LocationUpdate {
            id: decode(&input.id, "input.id")?,
            name: input.name,
            priority: input.priority,
            expected_version: input.expected_version,
        };
        let done = once(ctx, async |tx| {
            inventory::location_update(caller, tx, &change).await
        });
        location(ctx, done.await, "input.id").await
    }

    /// Gives up a location where nothing lies any more. For the shop's owners and managers.
    async fn location_deactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which location is given up.")] input: i::LocationDeactivateInput,
    ) -> Result<LocationPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let (id, version) = (decode(&input.id, "input.id")?, input.expected_version);
        let done = once(ctx, async |tx| {
            inventory::location_deactivate(caller, tx, id, version).await
        });
        location(ctx, done.await, "input.id").await
    }

    /// Uses a location again that was given up, under its name or another. For the shop's owners and managers.
    async fn location_reactivate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which location is used again.")] input: i::LocationReactivateInput,
    ) -> Result<LocationPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let again = inventory::LocationReactivate {
            id: decode(&input.id, "input.id")?,
            expected_version: input.expected_version,
            name: input.name,
        };
        let done = once(ctx, async |tx| {
            inventory::location_reactivate(caller, tx, &again).await
        });
        location(ctx, done.await, "input.id").await
    }

    /// Says that units came to a location, or went from it: all of it or nothing. For those who may change the shop's stock.
    async fn stock_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Units that came to a location or went from it.")]
        input: i::StockAdjustInput,
    ) -> Result<StockPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let adjust = input.read()?;
        let done = once(ctx, async |tx| {
            inventory::stock_adjust(caller, tx, &adjust).await
        });
        stock(ctx, done.await, "input.locationId").await
    }

    /// Says how many units were counted at a location: all of it or nothing. Where units came or went since, it is refused. For those who
    /// may change the shop's stock.
    async fn stock_recount(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was counted at a location.")] input: i::StockRecountInput,
    ) -> Result<StockPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let recount = input.read()?;
        let done = once(ctx, async |tx| {
            inventory::stock_recount(caller, tx, &recount).await
        });
        stock(ctx, done.await, "input.locationId").await
    }

    /// Takes units from one location of a shop to another: all of it or nothing. For those who may change the shop's stock.
    async fn stock_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Units that go from one location of a shop to another.")]
        input: i::StockTransferInput,
    ) -> Result<StockPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let transfer = input.read()?;
        let done = once(ctx, async |tx| {
            inventory::stock_transfer(caller, tx, &transfer).await
        });
        stock(ctx, done.await, "input.fromLocationId").await
    }

    /// Says with how many units there are too few of a variant. For those who may change the shop's stock.
    async fn stock_threshold_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With how many units there are too few of a variant.")]
        input: i::StockThresholdSetInput,
    ) -> Result<StockThresholdPayload> {
        let caller = caller(ctx);
        caller.require_person()?;
        let id: VariantId = decode(&input.variant_id, "input.variantId")?;
        let threshold = input.threshold;
        let expected = match input.expected_threshold {
            MaybeUndefined::Undefined => inventory::Expected::Any,
            MaybeUndefined::Null => inventory::Expected::Is(None),
            MaybeUndefined::Value(units) => inventory::Expected::Is(Some(units)),
        };
        let done = once(ctx, async |tx| {
            inventory::stock_threshold_set(caller, tx, id, threshold, expected).await
        });
        let (done, user_errors) = or_user_errors(done.await, "input.variantId")?;
        let item = match done {
            Some(id) => inventory::items_written(caller, &[id]).await?.remove(&id),
            None => None,
        };
        Ok(StockThresholdPayload {
            item: item.map(StockItem::from),
            user_errors,
        })
    }
}
