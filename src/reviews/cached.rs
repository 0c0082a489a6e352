//! What answers that are kept depend on, of reviews; and the lists of them that are kept themselves.

use super::{Review, ReviewSort};
use crate::{
    caller::Caller,
    catalogue,
    platform::{
        cache::{CacheTag, Entities, Purger},
        config::Settings,
        keyset::Slice,
    },
    sellers,
};
use entity::ids::ProductId;
use std::sync::Arc;

/// Lists of reviews, but for those of one product.
pub(super) const LISTED: CacheTag = CacheTag::list("reviews");

/// The reviews of a product.
pub(super) fn of_product(id: ProductId) -> CacheTag {
    CacheTag::of("reviews_of_product", id.0)
}

/// Notes that the caller is shown something of a list of the reviews of many products: of those that the public sees.
pub(super) fn listed(caller: &Caller) {
    caller.depends_on([LISTED, catalogue::cached::SHELF, sellers::cached::LISTED]);
}

/// Notes that the caller is shown these.
pub(super) fn shown<'r>(caller: &Caller, rows: impl Iterator<Item = &'r Arc<Review>>) {
    caller.depends_on(rows.flat_map(|row| {
        [
            CacheTag::of("review", row.id.0),
            catalogue::cached::product(row.product_id),
            sellers::cached::open_tag(row.seller_id),
        ]
    }));
}

/// The first reviews of a product in some order, greatest first or not, so many of them.
pub(super) type ReviewsOf = (ProductId, ReviewSort, bool, u64);

/// The lists of reviews that this process keeps.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) of_products: Entities<ReviewsOf, Slice<Review>>,
}

impl Memory {
    pub(crate) fn new(purger: &Arc<Purger>, settings: &Settings) -> Self {
        let most = settings.caches.entities_kept;
        Self {
            of_products: Entities::new(purger, "reviews_of_products", most, |(id, ..), _| {
                vec![of_product(id), catalogue::cached::product(id)]
            }),
        }
    }

    /// Shows its counts in the metrics.
    pub(crate) fn show(&self) {
        self.of_products.show();
    }
}
