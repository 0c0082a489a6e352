//! Asking for orders.

use super::{
    Order,
    filters::{FulfilmentFilter, OrderFilter, OrderSort, sorted},
    fulfilment::Fulfilment,
};
use crate::{
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::decode,
        paging::PageArguments,
    },
    orders::{self, Listing, OrderRef},
};
use async_graphql::{Context, ID, Object};
use std::sync::Arc;

#[derive(Default)]
pub(crate) struct OrderQueries;

#[Object]
impl OrderQueries {
    /// An order: one of one's own by its id or number, anyone's for support and admins, or a guest's by the token of the cart that it was made of.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the order.")] id: Option<ID>,
        #[graphql(desc = "The token that cartCreate gave out.")] token: Option<String>,
        #[graphql(desc = "What people call the order by.")] number: Option<i64>,
    ) -> Option<Result<Order>> {
        Some(find(ctx, id, token, number).await)
    }

    /// Anyone's orders, the last to be bought first where nothing else is said. For support and admins. What has just happened may be listed a moment
    /// later; what is listed is shown as it is.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those of this account alone.")] customer_id: Option<ID>,
        #[graphql(desc = "Which of them.")] filter: Option<OrderFilter>,
        #[graphql(desc = "By what they are sorted; the last to be made first when left out.")] sort: Option<OrderSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Order>> {
        let caller = caller(ctx);
        let filter = filter.unwrap_or_default().checked(customer_id.as_ref())?;
        let order = sorted(sort, &filter)?;
        let page = PageArguments::new(first, after, last, before).page(order.name())?;
        let slice = orders::list(caller, &filter, &order, &page).await?;
        let (caller, filter) = (caller.clone(), Arc::new(filter));
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), Arc::clone(&filter));
            Box::pin(async move { orders::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order.name(), count))
    }

    /// What a shop has sold and has to send, the last first, for those who work in it; for everyone else there is nothing. What was just paid may be
    /// listed a moment later; what is listed is shown as it is.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    async fn shop_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: ID,
        #[graphql(desc = "Which of them.")] filter: Option<FulfilmentFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Fulfilment>> {
        let (caller, order) = (caller(ctx), orders::part_order().name);
        let listing = Listing {
            seller: decode(&seller_id, "sellerId")?,
            filter: filter.unwrap_or_default().checked()?,
        };
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let slice = orders::of_seller(caller, &listing, &page).await?;
        let (caller, listing) = (caller.clone(), Arc::new(listing));
        let count: Count = Box::new(move || {
            let (caller, listing) = (caller.clone(), Arc::clone(&listing));
            Box::pin(async move { listing.count(&caller).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}

async fn find(
    ctx: &Context<'_>,
    id: Option<ID>,
    token: Option<String>,
    number: Option<i64>,
) -> Result<Order> {
    let id = id.map(|id| decode(&id, "id")).transpose()?;
    let meant = match (id, token, number) {
        (None, None, Some(number)) => OrderRef::Number(number),
        (id, token, None) if id.is_some() || token.is_some() => {
            OrderRef::read(id, token.as_deref())?
        }
        _ => {
            let message = "Pass one of `id`, `token` and `number`.";
            return Err(Error::invalid("id", message));
        }
    };
    Ok(orders::view(caller(ctx), &meant).await?.into())
}
