//! Variants, as the API shows them.

use super::{Image, Product};
use crate::{
    catalogue::{Product as ProductRow, Variant as Row, options, variants},
    error::{Error, Result},
    graphql::{
        Loaders,
        children::Children,
        connection::Connection,
        eager::Eager,
        ids::encode,
        loaders, look_ahead, nullable,
        paging::PageArguments,
        scalars::{Money, Weight},
    },
    inventory::graphql::{Stock, StockLevel, levels_of},
    platform::keyset::Page,
    sellers::graphql::Seller,
};
use async_graphql::{Context, ID, Object, SelectionField, SimpleObject};
use chrono::{DateTime, Utc};
use entity::money::Money as Amount;
use std::sync::Arc;
use uuid::Uuid;

/// A variant's value for one of its product's options.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 10))]
pub(crate) struct SelectedOption {
    /// The option's name, for example "Size".
    name: String,
    /// The value, for example "M".
    value: String,
}

impl From<&options::SelectedOption> for SelectedOption {
    fn from(option: &options::SelectedOption) -> Self {
        Self {
            name: option.name.clone(),
            value: option.value.clone(),
        }
    }
}

/// What is bought.
pub(crate) struct Variant(Arc<Row>);

impl From<Arc<Row>> for Variant {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

impl Variant {
    fn money(&self, minor: i64) -> Eager<Money> {
        let currency = self.0.currency;
        Eager(Money(Amount { minor, currency }))
    }
}

/// What is bought: one combination of a product's option values.
#[Object(cache_control(max_age = 10))]
impl Variant {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// The seller's stock-keeping unit, unique in the shop; not every seller keeps one.
    fn sku(&self) -> Option<&str> {
        self.0.sku.as_deref()
    }

    /// Its option values joined, for example "M / Red"; empty for the only variant of a product without options.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// What it costs.
    fn price(&self) -> Eager<Money> {
        self.money(self.0.price)
    }

    /// What it cost before.
    fn compare_at_price(&self) -> Option<Eager<Money>> {
        self.0.compare_at_price.map(|minor| self.money(minor))
    }

    /// Its barcode (GTIN, EAN, UPC or ISBN).
    fn barcode(&self) -> Option<&str> {
        self.0.barcode.as_deref()
    }

    /// How heavy it is.
    fn weight(&self) -> Option<Weight> {
        self.0.weight_grams.map(|grams| Weight {
            grams,
            unit: self.0.weight_unit,
        })
    }

    /// Its value for each of the product's options, in the seller's order; at most five.
    async fn selected_options(&self, ctx: &Context<'_>) -> Result<Vec<SelectedOption>> {
        let options = loaders(ctx)
            .objects
            .options_of_variant
            .load(self.0.id)
            .await?
            .unwrap_or_default();
        Ok(options.iter().map(SelectedOption::from).collect())
    }

    /// Its own picture.
    async fn image(&self, ctx: &Context<'_>) -> Option<Result<Image>> {
        nullable(loaders(ctx).objects.images.load(self.0.image_id?).await)
    }

    /// Whether it can be bought; nothing while no stock has been entered.
    async fn stock(&self, ctx: &Context<'_>) -> Option<Result<Stock>> {
        nullable(loaders(ctx).objects.stock.load(self.0.id).await)
    }

    /// What lies of it at each of its shop's locations, at most twenty; for those who work in the shop, support and admins. For everyone
    /// else it is empty.
    async fn stock_levels(&self, ctx: &Context<'_>) -> Result<Vec<StockLevel>> {
        levels_of(ctx, self.0.id).await
    }

    /// The product it is a variant of.
    async fn product(&self, ctx: &Context<'_>) -> Result<Eager<Product>> {
        let product = loaders(ctx)
            .objects
            .products
            .load(self.0.product_id)
            .await?;
        product.map(Eager::from).ok_or(Error::NotFound("product"))
    }

    /// Who sells it.
    async fn seller(&self, ctx: &Context<'_>) -> Result<Eager<Seller>> {
        let seller = loaders(ctx).objects.sellers.load(self.0.seller_id).await?;
        seller.map(Eager::from).ok_or(Error::NotFound("seller"))
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
}

const OF_PRODUCT: Children<Page, Row, ()> = Children {
    pages: |loaders| &loaders.pages.variants_of_product,
    counts: |loaders| &loaders.counts.variants_of_product,
};

/// The variants of a product.
pub(super) async fn of_product(
    ctx: &Context<'_>,
    product: &ProductRow,
    page: &PageArguments,
) -> Result<Connection<Variant>> {
    let page = page.page(variants::ORDER)?;
    OF_PRODUCT
        .connection(ctx, product.id.0, page, variants::ORDER, ())
        .await
}

/// Fetches the variants that `field`, selected on products, asks for, and what it asks of them.
pub(super) async fn prefetch_of_products(
    loaders: &Loaders,
    field: &SelectionField<'_>,
    products: impl Iterator<Item = Uuid>,
) -> Result<()> {
    // What is wrong with the arguments is for the resolver to say.
    let Ok(page) = look_ahead::page_arguments(field).page(variants::ORDER) else {
        return Ok(());
    };
    let rows = OF_PRODUCT.prefetch(loaders, products, page).await?;
    for selected in look_ahead::items(field) {
        match selected.name() {
            "stock" => {
                loaders
                    .objects
                    .stock
                    .load_many(rows.iter().map(|row| row.id).collect())
                    .await?;
            }
            "stockLevels" => {
                loaders
                    .objects
                    .levels_of_variant
                    .load_many(rows.iter().map(|row| row.id).collect())
                    .await?;
            }
            "selectedOptions" => {
                loaders
                    .objects
                    .options_of_variant
                    .load_many(rows.iter().map(|row| row.id).collect())
                    .await?;
            }
            "image" => {
                loaders
                    .objects
                    .images
                    .load_many(rows.iter().filter_map(|row| row.image_id).collect())
                    .await?;
            }
            _ => {}
        }
    }
    Ok(())
}
