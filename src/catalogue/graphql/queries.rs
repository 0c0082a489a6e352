//! Where queries into the catalogue start.

use super::{
    Category, Product, ProductFilter, ProductSort, products,
    search::{self, FacetField, ProductSearchConnection, ProductSearchSort},
};
use crate::{
    catalogue::{self, categories},
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        ids::decode,
        loaders, look_ahead,
        paging::PageArguments,
    },
};
use async_graphql::{Context, ID, Object};

#[derive(Default)]
pub(crate) struct CatalogueQueries;

#[Object]
impl CatalogueQueries {
    /// The product with this id or this slug; exactly one of them is asked for.
    #[graphql(cache_control(max_age = 10))]
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product's id; this or `slug`.")] id: Option<ID>,
        #[graphql(desc = "The product's name in URLs; this or `id`.")] slug: Option<String>,
    ) -> Option<Result<Product>> {
        Some(product(ctx, id, slug).await)
    }

    /// All products, newest first when nothing else is asked for.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    #[graphql(cache_control(max_age = 10))]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<ProductFilter>,
        #[graphql(desc = "In which order.")] sort: Option<ProductSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Product>> {
        let page = PageArguments::new(first, after, last, before);
        products::all(ctx, filter, sort, &page).await
    }

    /// The products that hold every word of a query in their name, labels or description; the last word may be
    /// half typed. An empty query matches every product.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    #[graphql(cache_control(max_age = 10))]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is looked for, in words.")] query: String,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<ProductFilter>,
        #[graphql(desc = "In which order.")] sort: Option<ProductSearchSort>,
        #[graphql(desc = "What the matches are to be counted by.")] facets: Option<Vec<FacetField>>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<ProductSearchConnection> {
        let page = PageArguments::new(first, after, last, before);
        search::search(ctx, query, filter, sort, facets, &page).await
    }

    /// The category with this id or this slug; exactly one of them is asked for.
    #[graphql(cache_control(max_age = 60))]
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The category's id; this or `slug`.")] id: Option<ID>,
        #[graphql(desc = "The category's name in URLs; this or `id`.")] slug: Option<String>,
    ) -> Option<Result<Category>> {
        Some(category(ctx, id, slug).await)
    }

    /// The roots of the category tree, in their order; the rest hangs off their `children`.
    #[graphql(cache_control(max_age = 60))]
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Category>> {
        let order = categories::order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        let caller = caller(ctx);
        let slice = categories::list_roots(caller, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { categories::count_roots(&caller).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}

/// A product by one of its names.
async fn product(ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Result<Product> {
    let product = match (id, slug) {
        (Some(id), None) => {
            let found = loaders(ctx)
                .objects
                .products
                .load(decode(&id, "id")?)
                .await?;
            found.ok_or(Error::NotFound("product"))?
        }
        (None, Some(slug)) => catalogue::products::by_slug(caller(ctx), &slug).await?,
        _ => return Err(Error::invalid("id", "Pass either `id` or `slug`.")),
    };
    let selected = look_ahead::fields_of_this(ctx);
    Product::prefetch(loaders(ctx), &selected, std::slice::from_ref(&product)).await?;
    Ok(product.into())
}

/// A category by one of its names.
async fn category(ctx: &Context<'_>, id: Option<ID>, slug: Option<String>) -> Result<Category> {
    let category = match (id, slug) {
        (Some(id), None) => {
            let found = loaders(ctx)
                .objects
                .categories
                .load(decode(&id, "id")?)
                .await?;
            found.ok_or(Error::NotFound("category"))?
        }
        (None, Some(slug)) => categories::by_slug(caller(ctx), &slug).await?,
        _ => return Err(Error::invalid("id", "Pass either `id` or `slug`.")),
    };
    Ok(category.into())
}
