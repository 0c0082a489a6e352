//! Asking for a shop's stock.

use super::{
    items::StockItem,
    movements::{StockMovement, StockMovementFilter},
};
use crate::{
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::decode,
        paging::PageArguments,
    },
    inventory::{self, ItemFilter},
};
use async_graphql::{Context, ID, Object};
use entity::ids::SellerId;

#[derive(Default)]
pub(crate) struct InventoryQueries;

#[Object]
impl InventoryQueries {
    /// The stock of a shop's variants, in the order in which they were made. For those who work in the shop, support and admins.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    async fn stock_items(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: ID,
        #[graphql(
            desc = "Only the variants of which there are too few by their thresholds.",
            default
        )]
        low_only: bool,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<StockItem>> {
        let caller = caller(ctx);
        caller.require_person()?;
        let seller: SellerId = decode(&seller_id, "sellerId")?;
        let filter = ItemFilter {
            seller,
            low: low_only,
        };
        let order = inventory::item_order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let slice = inventory::items(caller, &filter, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { inventory::items_count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order, count))
    }

    /// What came to a shop's stock and went from it, newest first. For those who work in the shop, support and admins.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    async fn stock_movements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: ID,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<StockMovementFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<StockMovement>> {
        let caller = caller(ctx);
        caller.require_person()?;
        let seller: SellerId = decode(&seller_id, "sellerId")?;
        let filter = filter.unwrap_or_default().read(seller)?;
        let order = inventory::movement_order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let slice = inventory::movements_of(caller, &filter, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { inventory::movements_count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}
