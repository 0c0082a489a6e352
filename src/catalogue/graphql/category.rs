//! Categories, as the API shows them.

use super::{Product, ProductFilter, ProductSort, products};
use crate::{
    catalogue::{Category as Row, categories},
    error::Result,
    graphql::{
        children::Children, connection::Connection, ids::encode, loaders, nullable,
        paging::PageArguments,
    },
    platform::keyset::Page,
};
use async_graphql::{Context, ID, Object};
use std::sync::Arc;

/// A node of the tree that products are sorted into.
pub(crate) struct Category(Arc<Row>);

impl From<Arc<Row>> for Category {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

const CHILDREN: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.children_of_category,
    counts: |loaders| &loaders.counts.children_of_category,
};

/// A node of the tree that products are sorted into.
#[Object(cache_control(max_age = 60))]
impl Category {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name in URLs, unique in the marketplace.
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What is to be found in it.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Its place among its siblings, ascending.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// The category above it; nothing for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        nullable(
            loaders(ctx)
                .objects
                .categories
                .load(self.0.parent_id?)
                .await,
        )
    }

    /// The categories above it, the root first: what stands in a breadcrumb. At most 32.
    async fn ancestors(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let above = loaders(ctx)
            .objects
            .ancestors_of_category
            .load(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(above.iter().cloned().map(Self::from).collect())
    }

    /// The categories right below it, in their order.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Category>> {
        let order = categories::order().name;
        let page = PageArguments::new(first, after, last, before).page(order)?;
        CHILDREN.connection(ctx, self.0.id.0, page, order, ()).await
    }

    /// The products in it and in the categories below it, newest first when nothing else is asked for.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
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
        products::of_category(ctx, self.0.id, filter, sort, &page).await
    }
}
