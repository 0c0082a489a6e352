//! Products, as the API shows them.

use super::{Category, Image, Tag, Variant, image, tag, variant};
use crate::{
    catalogue::{Product as Row, ProductStatus as Status, options},
    error::{Error, Result},
    graphql::{
        Loaders,
        connection::Connection,
        eager::Eager,
        ids::encode,
        loaders, nullable,
        paging::PageArguments,
        scalars::{Json, PriceRange, Rating},
    },
    reviews::graphql::{self as reviews, Review, ReviewSort},
    sellers::graphql::Seller,
};
use async_graphql::{Context, Enum, ID, Object, SelectionField, SimpleObject};
use chrono::{DateTime, Utc};
use entity::money::Money;
use std::sync::Arc;

/// Where a product stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub(crate) enum ProductStatus {
    /// Being written; only its seller sees it.
    Draft,
    /// For sale.
    Active,
    /// Taken off the shelf for now.
    Inactive,
    /// Kept for the record only.
    Archived,
    /// Deleted.
    Deleted,
}

/// A way in which a product varies.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 10))]
pub(crate) struct ProductOption {
    /// Its name, for example "Size".
    name: String,
    /// The values it can take, in the seller's order.
    values: Vec<String>,
}

impl From<&options::ProductOption> for ProductOption {
    fn from(option: &options::ProductOption) -> Self {
        Self {
            name: option.name.clone(),
            values: option.values.clone(),
        }
    }
}

/// What a seller offers.
pub(crate) struct Product(Arc<Row>);

impl From<Arc<Row>> for Product {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// What a seller offers. What is bought is one of its variants.
#[Object(cache_control(max_age = 10))]
impl Product {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Its name in URLs, unique in the marketplace.
    fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The seller's own key for it, unique in the shop.
    fn handle(&self) -> &str {
        &self.0.handle
    }

    /// Its name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What the seller says of it: HTML, sanitised, at most 2,000 characters.
    fn description(&self) -> &str {
        &self.0.description
    }

    /// Where it stands in its life.
    fn status(&self) -> ProductStatus {
        self.0.status.into()
    }

    /// Whatever the seller's own systems keep here.
    fn metadata(&self) -> Json {
        Json(self.0.metadata.clone())
    }

    /// The lowest and highest price of its variants; nothing while it has none.
    fn price_range(&self) -> Option<Eager<PriceRange>> {
        let money = |minor| Money {
            minor,
            currency: self.0.currency,
        };
        (self.0.variant_count > 0).then(|| {
            Eager(PriceRange {
                min: money(self.0.price_min),
                max: money(self.0.price_max),
            })
        })
    }

    /// Whether any of its variants can be bought now.
    fn in_stock(&self) -> bool {
        self.0.in_stock
    }

    /// What buyers think of it.
    fn rating(&self) -> Eager<Rating> {
        Eager(Rating {
            sum: self.0.rating_sum,
            count: self.0.rating_count,
        })
    }

    /// Counts its edits: pass it as `expectedVersion` when you edit.
    fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last edited.
    fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }

    /// Who sells it.
    async fn seller(&self, ctx: &Context<'_>) -> Result<Eager<Seller>> {
        let seller = loaders(ctx).objects.sellers.load(self.0.seller_id).await?;
        seller.map(Eager::from).ok_or(Error::NotFound("seller"))
    }

    /// The category it is sorted into.
    async fn category(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        nullable(
            loaders(ctx)
                .objects
                .categories
                .load(self.0.category_id?)
                .await,
        )
    }

    /// The ways in which it varies, in the seller's order; at most five.
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<ProductOption>> {
        let options = loaders(ctx)
            .objects
            .options_of_product
            .load(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(options.iter().map(ProductOption::from).collect())
    }

    /// What can be bought, in the seller's order.
    async fn variants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Variant>> {
        variant::of_product(
            ctx,
            &self.0,
            &PageArguments::new(first, after, last, before),
        )
        .await
    }

    /// Its pictures, in the seller's order.
    async fn images(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Image>> {
        image::of_product(
            ctx,
            self.0.id,
            &PageArguments::new(first, after, last, before),
        )
        .await
    }

    /// The words it is labelled with, by the alphabet.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Tag>> {
        tag::of_product(
            ctx,
            self.0.id,
            &PageArguments::new(first, after, last, before),
        )
        .await
    }

    /// What buyers say of it, newest first when nothing else is asked for.
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
        reviews::of_product(ctx, self.0.id, sort, &page).await
    }
}

impl Product {
    /// Fetches what `selected` asks of each of `products`, one statement for each relation.
    pub(super) async fn prefetch(
        loaders: &Loaders,
        selected: &[SelectionField<'_>],
        products: &[Arc<Row>],
    ) -> Result<()> {
        let ids = || products.iter().map(|row| row.id.0);
        // What belongs to a product often leads back to it.
        let kept = products.iter().map(|row| (row.id, Arc::clone(row)));
        loaders.objects.products.keep(kept);
        for field in selected {
            match field.name() {
                "seller" => {
                    loaders
                        .objects
                        .sellers
                        .load_many(products.iter().map(|row| row.seller_id).collect())
                        .await?;
                }
                "category" => {
                    let ids = products.iter().filter_map(|row| row.category_id).collect();
                    loaders.objects.categories.load_many(ids).await?;
                }
                "options" => {
                    loaders
                        .objects
                        .options_of_product
                        .load_many(products.iter().map(|row| row.id).collect())
                        .await?;
                }
                "variants" => variant::prefetch_of_products(loaders, field, ids()).await?,
                "images" => image::prefetch_of_products(loaders, field, ids()).await?,
                "tags" => tag::prefetch_of_products(loaders, field, ids()).await?,
                "reviews" => reviews::prefetch_of_products(loaders, field, ids()).await?,
                _ => {}
            }
        }
        Ok(())
    }
}
