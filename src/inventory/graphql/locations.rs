//! Where stock lies, as the API shows it.

use crate::{
    error::Result,
    graphql::{children::Children, connection::Connection, ids::encode, paging::PageArguments},
    inventory::{self, Location as Row},
    platform::keyset::Page,
};
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::ids::SellerId;
use std::sync::Arc;

/// Where a shop's stock lies.
pub(crate) struct Location(Arc<Row>);

impl From<Arc<Row>> for Location {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// Where a shop's stock lies.
#[Object]
impl Location {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name, unique among the shop's active locations.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What is sold is taken from the lowest first.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Whether it is the shop's first, where imports and returns go, and which stays.
    async fn is_first(&self) -> bool {
        self.0.id.0 == self.0.seller_id.0
    }

    /// Whether stock may lie there.
    async fn is_active(&self) -> bool {
        self.0.deactivated_at.is_none()
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

const OF_SELLER: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.locations_of_seller,
    counts: |loaders| &loaders.counts.locations_of_seller,
};

/// The active locations of a shop.
pub(crate) async fn of_seller(
    ctx: &Context<'_>,
    seller: SellerId,
    page: &PageArguments,
) -> Result<Connection<Location>> {
    let order = inventory::location_order().name;
    let page = page.page(order)?;
    OF_SELLER.connection(ctx, seller.0, page, order, ()).await
}
