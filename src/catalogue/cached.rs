//! What answers that are kept depend on, of the catalogue; and what of it is kept itself.
//!
//! A product stands for all its parts: its variants, options, pictures, words and stock.

use super::{Category, Product, Variant};
use crate::{
    platform::{
        cache::{CacheTag, Entities, Purger},
        config::Settings,
        keyset::Slice,
    },
    sellers,
};
use entity::ids::{CategoryId, ProductId, SellerId, TagId};
use std::sync::Arc;

/// Lists of products, whatever they are narrowed and sorted by, but for what stands below.
pub(crate) const LISTED: CacheTag = CacheTag::list("products");
/// Lists that are narrowed or sorted by ratings.
pub(crate) const RATED: CacheTag = CacheTag::list("products_by_rating");
/// Lists that are narrowed by whether something can be bought.
pub(crate) const STOCKED: CacheTag = CacheTag::list("products_by_stock");
/// What is found by words.
pub(crate) const SEARCHED: CacheTag = CacheTag::list("products_by_words");
/// Which products the public sees: what lists of their reviews depend on.
pub(crate) const SHELF: CacheTag = CacheTag::list("shelf");
/// The tree of categories.
pub(crate) const CATEGORIES: CacheTag = CacheTag::list("categories");

/// A product.
pub(crate) fn product(id: ProductId) -> CacheTag {
    CacheTag::of("product", id.0)
}

/// The products of a shop.
pub(crate) fn of_seller(id: SellerId) -> CacheTag {
    CacheTag::of("products_of_seller", id.0)
}

/// A category, without what is in it.
pub(crate) fn category(id: CategoryId) -> CacheTag {
    CacheTag::of("category", id.0)
}

/// A word that products are labelled with.
pub(super) fn word(id: TagId) -> CacheTag {
    CacheTag::of("tag", id.0)
}

/// What the public is shown of a product: the product, while its shop is open.
pub(super) fn row(product: &Product) -> [CacheTag; 2] {
    [
        self::product(product.id),
        sellers::cached::open_tag(product.seller_id),
    ]
}

/// The first variants of a product, so many of them.
pub(super) type VariantsOf = (ProductId, u64);

/// The products, categories and lists of variants that this process keeps.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) products: Entities<ProductId, Product>,
    pub(super) categories: Entities<CategoryId, Category>,
    pub(super) variants: Entities<VariantsOf, Slice<Variant>>,
}

impl Memory {
    pub(crate) fn new(purger: &Arc<Purger>, settings: &Settings) -> Self {
        let most = settings.caches.entities_kept;
        Self {
            products: Entities::new(purger, "products", most, |_, product| row(product).into()),
            categories: Entities::new(purger, "categories", most, |id, _| {
                vec![category(id), CATEGORIES]
            }),
            variants: Entities::new(purger, "variants_of_products", most, |(id, _), _| {
                vec![product(id)]
            }),
        }
    }

    /// Shows its counts in the metrics.
    pub(crate) fn show(&self) {
        self.products.show();
        self.categories.show();
        self.variants.show();
    }
}
