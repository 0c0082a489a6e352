//! Ways of shipping.

use crate::{
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        eager::Eager,
        ids::{decode, encode},
        loaders,
        paging::PageArguments,
        scalars::Money,
    },
    sellers::graphql::Seller,
    shipping::{self, ShippingMethod as Row},
};
use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::{ids::SellerId, money::Money as Amount};
use std::sync::Arc;

/// A way in which a shop sends things.
pub(crate) struct ShippingMethod(Arc<Row>);

impl From<Arc<Row>> for ShippingMethod {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

impl ShippingMethod {
    fn money(&self, minor: i64) -> Eager<Money> {
        Eager(Money(Amount {
            minor,
            currency: self.0.currency,
        }))
    }
}

/// A way in which a shop sends things.
#[Object]
impl ShippingMethod {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it costs.
    async fn price(&self) -> Eager<Money> {
        self.money(self.0.price)
    }

    /// From goods of the shop of this worth on it costs nothing.
    async fn free_from(&self) -> Option<Eager<Money>> {
        self.0.free_from.map(|minor| self.money(minor))
    }

    /// The countries it goes to, by two letters of ISO 3166-1; none of them means all.
    async fn countries(&self) -> Vec<&str> {
        self.0
            .countries
            .split(' ')
            .filter(|code| !code.is_empty())
            .collect()
    }

    /// After how many days things come at the soonest.
    async fn min_days(&self) -> Option<i32> {
        self.0.min_days.map(i32::from)
    }

    /// After how many days things come at the latest.
    async fn max_days(&self) -> Option<i32> {
        self.0.max_days.map(i32::from)
    }

    /// Whether it can be chosen.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// The shop.
    async fn seller(&self, ctx: &Context<'_>) -> Result<Eager<Seller>> {
        let seller = loaders(ctx).objects.sellers.load(self.0.seller_id).await?;
        seller.map(Eager::from).ok_or(Error::NotFound("seller"))
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

#[derive(Default)]
pub(crate) struct ShippingQueries;

#[Object]
impl ShippingQueries {
    /// The ways in which a shop sends things, the last to be made first, for those who work in it; for everyone else there are none. What
    /// can be chosen stands in the cart.
    async fn shipping_methods(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop.")] seller_id: ID,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<ShippingMethod>> {
        let seller: SellerId = decode(&seller_id, "sellerId")?;
        let order = shipping::order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let caller = caller(ctx);
        let slice = shipping::list(caller, seller, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { shipping::count(&caller, seller).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}
