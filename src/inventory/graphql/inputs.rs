//! What mutations about stock and locations are given.

use crate::{
    error::Result,
    graphql::ids::decode,
    inventory::{Counted, MovementReason, StockAdjust, StockRecount, StockTransfer},
};
use async_graphql::{Enum, ID, InputObject, MaybeUndefined};
use entity::ids::VariantId;

/// A location that is made.
#[derive(InputObject)]
pub(crate) struct LocationCreateInput {
    /// The shop.
    pub(super) seller_id: ID,
    /// Its name, of 1 to 100 characters; no other active location of the shop has it.
    pub(super) name: String,
    /// 0 to 1,000: what is sold is taken from the lowest first.
    #[graphql(default)]
    pub(super) priority: i32,
}

/// What of a location is changed; what is left out stays.
#[derive(InputObject)]
pub(crate) struct LocationUpdateInput {
    /// The location.
    pub(super) id: ID,
    /// Its name, of 1 to 100 characters.
    pub(super) name: Option<String>,
    /// 0 to 1,000: what is sold is taken from the lowest first.
    pub(super) priority: Option<i32>,
    /// The location's `version` as it was read.
    pub(super) expected_version: i64,
}

/// Which location is given up.
#[derive(InputObject)]
pub(crate) struct LocationDeactivateInput {
    /// The location.
    pub(super) id: ID,
    /// The location's `version` as it was read.
    pub(super) expected_version: i64,
}

/// Which location is used again.
#[derive(InputObject)]
pub(crate) struct LocationReactivateInput {
    /// The location.
    pub(super) id: ID,
    /// The location's `version` as it was read.
    pub(super) expected_version: i64,
    /// What it is called from now on; left out, its name stays, unless another has it by now.
    pub(super) name: Option<String>,
}

/// Why someone says that units came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum StockAdjustReason {
    /// A delivery came.
    Received,
    /// The number is put right.
    Adjusted,
    /// They cannot be sold any more.
    Damaged,
}

impl From<StockAdjustReason> for MovementReason {
    fn from(reason: StockAdjustReason) -> Self {
        match reason {
            StockAdjustReason::Received => Self::Received,
            StockAdjustReason::Adjusted => Self::Adjusted,
            StockAdjustReason::Damaged => Self::Damaged,
        }
    }
}

/// Units of a variant that came or went.
#[derive(InputObject)]
pub(crate) struct StockAdjustItem {
    /// The variant.
    variant_id: ID,
    /// How many came; with a minus, how many went.
    delta: i64,
}

/// Units that came to a location or went from it.
#[derive(InputObject)]
pub(crate) struct StockAdjustInput {
    /// The location.
    location_id: ID,
    /// Why.
    reason: StockAdjustReason,
    /// What there is to say of it, in at most 500 characters.
    note: Option<String>,
    /// The variants, 1 to 50, each once.
    items: Vec<StockAdjustItem>,
}

/// How many units of a variant were counted.
#[derive(InputObject)]
pub(crate) struct StockRecountItem {
    /// The variant.
    variant_id: ID,
    /// How many lie at the location.
    counted: i64,
    /// The `version` of the variant's level at the location as it was read when they were counted; 0 where there was none.
    expected_version: i64,
}

/// What was counted at a location.
#[derive(InputObject)]
pub(crate) struct StockRecountInput {
    /// The location.
    location_id: ID,
    /// What there is to say of it, in at most 500 characters.
    note: Option<String>,
    /// The variants, 1 to 50, each once.
    items: Vec<StockRecountItem>,
}

/// Units of a variant that go elsewhere.
#[derive(InputObject)]
pub(crate) struct StockTransferItem {
    /// The variant.
    variant_id: ID,
    /// How many.
    quantity: i64,
}

/// Units that go from one location of a shop to another.
#[derive(InputObject)]
pub(crate) struct StockTransferInput {
    /// Where they lie.
    from_location_id: ID,
    /// Where they go.
    to_location_id: ID,
    /// What there is to say of it, in at most 500 characters.
    note: Option<String>,
    /// The variants, 1 to 50, each once.
    items: Vec<StockTransferItem>,
}

/// With how many units there are too few of a variant.
#[derive(InputObject)]
pub(crate) struct StockThresholdSetInput {
    /// The variant.
    pub(super) variant_id: ID,
    /// With so many that can be bought, or fewer, there are too few; nothing for never.
    pub(super) threshold: Option<i64>,
    /// The threshold as it was read, nothing where there was none; left out, it is set whatever it is. It is the threshold's own version: the variant's stock
    /// changes with every sale.
    pub(super) expected_threshold: MaybeUndefined<i64>,
}

fn variant(id: &ID, index: usize) -> Result<VariantId> {
    decode(id, &format!("input.items.{index}.variantId"))
}

impl StockAdjustInput {
    pub(super) fn read(self) -> Result<StockAdjust> {
        let items = self.items.iter().enumerate();
        let items = items.map(|(index, item)| Ok((variant(&item.variant_id, index)?, item.delta)));
        Ok(StockAdjust {
            location: decode(&self.location_id, "input.locationId")?,
            reason: self.reason.into(),
            items: items.collect::<Result<_>>()?,
            note: self.note,
        })
    }
}

impl StockRecountInput {
    pub(super) fn read(self) -> Result<StockRecount> {
        let items = self.items.iter().enumerate().map(|(index, item)| {
            Ok(Counted {
                variant: variant(&item.variant_id, index)?,
                units: item.counted,
                expected_version: item.expected_version,
            })
        });
        Ok(StockRecount {
            location: decode(&self.location_id, "input.locationId")?,
            items: items.collect::<Result<_>>()?,
            note: self.note,
        })
    }
}

impl StockTransferInput {
    pub(super) fn read(self) -> Result<StockTransfer> {
        let items = self.items.iter().enumerate();
        let items =
            items.map(|(index, item)| Ok((variant(&item.variant_id, index)?, item.quantity)));
        Ok(StockTransfer {
            from: decode(&self.from_location_id, "input.fromLocationId")?,
            to: decode(&self.to_location_id, "input.toLocationId")?,
            items: items.collect::<Result<_>>()?,
            note: self.note,
        })
    }
}
