//! Pictures, as the API shows them.

use super::Product;
use crate::{
    catalogue::{Image as Row, images},
    error::{Error, Result},
    graphql::{
        Loaders, children::Children, connection::Connection, ids::encode, loaders, look_ahead,
        paging::PageArguments,
    },
    platform::keyset::Page,
};
use async_graphql::{Context, ID, Object, SelectionField};
use entity::ids::ProductId;
use std::sync::Arc;
use uuid::Uuid;

/// A picture of a product.
pub(crate) struct Image(Arc<Row>);

impl From<Arc<Row>> for Image {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// A picture of a product.
#[Object(cache_control(max_age = 10))]
impl Image {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Where it is to be had.
    fn url(&self) -> &str {
        &self.0.url
    }

    /// What it shows, for those who do not see it; may be empty.
    fn alt(&self) -> &str {
        &self.0.alt
    }

    /// Its place among the product's pictures, from 1.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// The product it shows.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let product = loaders(ctx)
            .objects
            .products
            .load(self.0.product_id)
            .await?;
        product.map(Product::from).ok_or(Error::NotFound("product"))
    }
}

const OF_PRODUCT: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.images_of_product,
    counts: |loaders| &loaders.counts.images_of_product,
};

/// The pictures of a product.
pub(super) async fn of_product(
    ctx: &Context<'_>,
    product: ProductId,
    page: &PageArguments,
) -> Result<Connection<Image>> {
    let page = page.page(images::ORDER)?;
    OF_PRODUCT
        .connection(ctx, product.0, page, images::ORDER, ())
        .await
}

/// Fetches the pictures that `field`, selected on products, asks for.
pub(super) async fn prefetch_of_products(
    loaders: &Loaders,
    field: &SelectionField<'_>,
    products: impl Iterator<Item = Uuid>,
) -> Result<()> {
    // What is wrong with the arguments is for the resolver to say.
    if let Ok(page) = look_ahead::page_arguments(field).page(images::ORDER) {
        OF_PRODUCT.prefetch(loaders, products, page).await?;
    }
    Ok(())
}
