//! Movements of stock, as the API shows them to those who work in the shop.

use super::Location;
use crate::{
    audit::graphql::AuditActor,
    catalogue::graphql::Variant,
    error::Result,
    graphql::{
        ids::{decode, encode},
        loaders, nullable,
    },
    inventory::{MovementFilter, MovementReason, StockMovement as Row},
};
use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::ids::{OrderId, SellerId};
use std::sync::Arc;

/// Why units came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "MovementReason")]
pub(crate) enum StockMovementReason {
    /// They were there before movements were written down.
    Opening,
    /// An import said how many there are.
    Imported,
    /// A delivery came.
    Received,
    /// Someone put the number right.
    Adjusted,
    /// They cannot be sold any more.
    Damaged,
    /// Someone counted.
    Recounted,
    /// They came from another location.
    TransferredIn,
    /// They went to another location.
    TransferredOut,
    /// They were sold.
    Sold,
    /// They were sold and came back.
    Returned,
}

/// Which movements are asked for; what is left out does not narrow, and all that is said must hold.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct StockMovementFilter {
    /// Of this variant.
    variant_id: Option<ID>,
    /// At this location.
    location_id: Option<ID>,
    /// For this reason.
    reason: Option<StockMovementReason>,
    /// At this time or later.
    since: Option<DateTime<Utc>>,
    /// Before this time.
    until: Option<DateTime<Utc>>,
}

impl StockMovementFilter {
    pub(super) fn read(self, seller: SellerId) -> Result<MovementFilter> {
        let variant = self.variant_id.map(|id| decode(&id, "filter.variantId"));
        let location = self.location_id.map(|id| decode(&id, "filter.locationId"));
        Ok(MovementFilter {
            seller,
            variant: variant.transpose()?,
            location: location.transpose()?,
            reason: self.reason.map(Into::into),
            since: self.since,
            until: self.until,
        })
    }
}

/// Units that came to a location or went from it.
pub(crate) struct StockMovement(Arc<Row>);

impl From<Arc<Row>> for StockMovement {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Units that came to a location or went from it.
#[Object]
impl StockMovement {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Why they came or went.
    async fn reason(&self) -> StockMovementReason {
        self.0.reason.into()
    }

    /// How many came; negative where they went.
    async fn delta(&self) -> i64 {
        self.0.delta
    }

    /// How many lay at the location after it.
    async fn on_hand(&self) -> i64 {
        self.0.on_hand
    }

    /// The id of the variant they are of.
    async fn variant_id(&self) -> ID {
        encode(self.0.variant_id)
    }

    /// The variant; nothing where it was deleted.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<Variant>> {
        let id = self.0.variant_id;
        nullable(loaders(ctx).objects.variants.load(id).await)
    }

    /// Where they came to, or went from.
    async fn location(&self, ctx: &Context<'_>) -> Option<Result<Location>> {
        let id = self.0.location_id;
        nullable(loaders(ctx).objects.locations.load(id).await)
    }

    /// What kind of someone moved them.
    async fn actor(&self) -> AuditActor {
        self.0.actor.into()
    }

    /// The account that moved them; nothing where nobody had signed in.
    async fn account_id(&self) -> Option<ID> {
        self.0.account_id.map(encode)
    }

    /// The order that they were sold to, or came back from.
    async fn order_id(&self) -> Option<ID> {
        self.0.holder_id.map(|holder| encode(OrderId(holder)))
    }

    /// What whoever moved them has to say of it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When they came or went.
    async fn occurred_at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }
}
