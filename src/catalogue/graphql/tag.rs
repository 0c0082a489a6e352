//! Tags, as the API shows them.

use super::{Product, ProductFilter, ProductSort, products};
use crate::{
    catalogue::{Tag as Row, tags},
    error::Result,
    graphql::{
        Loaders, children::Children, connection::Connection, ids::encode, look_ahead,
        paging::PageArguments,
    },
    platform::keyset::Page,
};
use async_graphql::{Context, ID, Object, SelectionField};
use entity::ids::ProductId;
use std::sync::Arc;
use uuid::Uuid;

/// A word that products are labelled with.
pub(crate) struct Tag(Arc<Row>);

impl From<Arc<Row>> for Tag {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// A word that products are labelled with.
#[Object(cache_control(max_age = 60))]
impl Tag {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name in URLs and filters, unique in the marketplace.
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The word.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The products that bear it, newest first when nothing else is asked for.
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
        products::of_tag(ctx, self.0.id, filter, sort, &page).await
    }
}

const OF_PRODUCT: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.tags_of_product,
    counts: |loaders| &loaders.counts.tags_of_product,
};

/// The tags of a product.
pub(super) async fn of_product(
    ctx: &Context<'_>,
    product: ProductId,
    page: &PageArguments,
) -> Result<Connection<Tag>> {
    let page = page.page(tags::ORDER)?;
    OF_PRODUCT
        .connection(ctx, product.0, page, tags::ORDER, ())
        .await
}

/// Fetches the tags that `field`, selected on products, asks for.
pub(super) async fn prefetch_of_products(
    loaders: &Loaders,
    field: &SelectionField<'_>,
    products: impl Iterator<Item = Uuid>,
) -> Result<()> {
    // What is wrong with the arguments is for the resolver to say.
    if let Ok(page) = look_ahead::page_arguments(field).page(tags::ORDER) {
        OF_PRODUCT.prefetch(loaders, products, page).await?;
    }
    Ok(())
}
