//! Shops, as the API shows them.

use super::members::{SellerMember, of_seller as members_of_seller};
use crate::{
    catalogue::graphql::{Product, ProductFilter, ProductSort, ProductStatus, products},
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::{decode, encode},
        loaders,
        paging::PageArguments,
        scalars::{CurrencyCode, Rating, SortDirection},
    },
    inventory::graphql::{Location, locations_of_seller},
    ledger::graphql::{self as ledger, LedgerAccount, LedgerEntry},
    reviews::graphql::{self as reviews, Review, ReviewSort},
    sellers::{self, Seller as Row, SellerSort as Sort},
};
use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// What sellers can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sort")]
pub(crate) enum SellerSortKey {
    /// When they opened.
    CreatedAt,
    /// Their name.
    Name,
}

/// How sellers are sorted.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct SellerSort {
    /// What they are sorted by.
    by: SellerSortKey,
    /// Which end comes first.
    #[graphql(default_with = "SortDirection::Asc")]
    direction: SortDirection,
}

/// A shop in the marketplace.
pub(crate) struct Seller(Arc<Row>);

impl From<Arc<Row>> for Seller {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// A shop in the marketplace.
#[Object(cache_control(max_age = 30))]
impl Seller {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name in URLs, unique in the marketplace.
    fn handle(&self) -> &str {
        &self.0.handle
    }

    /// Its name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it says of itself.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// The currency of its prices.
    fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }

    /// What buyers think of its products.
    fn rating(&self) -> Rating {
        Rating {
            sum: self.0.rating_sum,
            count: self.0.rating_count,
        }
    }

    /// When it opened.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// Who works in it, in the order in which they came; for those who do themselves, support and admins. For everyone else it
    /// is empty.
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<SellerMember>> {
        let page = PageArguments::new(first, after, last, before);
        members_of_seller(ctx, self.0.id, &page).await
    }

    /// Where its stock lies, in the order in which the places were made; for those who work in it, support and admins. For everyone
    /// else it is empty.
    async fn locations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Location>> {
        let page = PageArguments::new(first, after, last, before);
        locations_of_seller(ctx, self.0.id, &page).await
    }

    /// Its products that are for sale, newest first when nothing else is asked for. Those who work in it may ask for other
    /// statuses; for everyone else there are none in those.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In any of these statuses rather than for sale.")] statuses: Option<
            Vec<ProductStatus>,
        >,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<ProductFilter>,
        #[graphql(desc = "In which order.")] sort: Option<ProductSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Product>> {
        let page = PageArguments::new(first, after, last, before);
        products::of_seller(ctx, self.0.id, statuses, filter, sort, &page).await
    }

    /// What the marketplace keeps of its sales, in basis points (1000 are ten per cent); for its owners and managers, support and
    /// admins. For everyone else there is none.
    async fn commission_bps(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        loaders(ctx)
            .objects
            .commission_of_seller
            .load(self.0.id)
            .await
    }

    /// Its accounts in the ledger, one for its currency once something was posted; for its owners and managers, support and admins. For
    /// everyone else there are none. What the marketplace owes it is above zero, what it owes the marketplace below.
    async fn balances(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<LedgerAccount>> {
        let page = PageArguments::new(first, after, last, before);
        ledger::of_seller(ctx, self.0.id, &page).await
    }

    /// What was posted to its account in its currency, the last first; for those who see its balances.
    async fn statement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<LedgerEntry>> {
        let page = PageArguments::new(first, after, last, before);
        ledger::statement_of_seller(ctx, &self.0, &page).await
    }

    /// The reviews of its products, newest first when nothing else is asked for.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which order.")] sort: Option<ReviewSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Review>> {
        let page = PageArguments::new(first, after, last, before);
        reviews::of_seller(ctx, self.0.id, sort, &page).await
    }
}

#[derive(Default)]
pub(crate) struct SellerQueries;

#[Object]
impl SellerQueries {
    /// The seller with this id or this handle; exactly one of them is asked for.
    #[graphql(cache_control(max_age = 30))]
    async fn seller(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The shop's id; this or `handle`.")] id: Option<ID>,
        #[graphql(desc = "The shop's name in URLs; this or `id`.")] handle: Option<String>,
    ) -> Option<Result<Seller>> {
        Some(seller(ctx, id, handle).await)
    }

    /// All sellers, by name when nothing else is asked for.
    #[graphql(cache_control(max_age = 30))]
    async fn sellers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In which order.")] sort: Option<SellerSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Seller>> {
        let (sort, descending) = sort.map_or((Sort::Name, false), |sort| {
            (sort.by.into(), sort.direction == SortDirection::Desc)
        });
        let order = sellers::order(sort, descending);
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let caller = caller(ctx);
        let slice = sellers::list(caller, &order, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { sellers::count(&caller).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }
}

/// A seller by one of its names.
async fn seller(ctx: &Context<'_>, id: Option<ID>, handle: Option<String>) -> Result<Seller> {
    let seller = match (id, handle) {
        (Some(id), None) => {
            let found = loaders(ctx)
                .objects
                .sellers
                .load(decode(&id, "id")?)
                .await?;
            found.ok_or(Error::NotFound("seller"))?
        }
        (None, Some(handle)) => sellers::by_handle(caller(ctx), &handle).await?,
        _ => return Err(Error::invalid("id", "Pass either `id` or `handle`.")),
    };
    Ok(seller.into())
}
