//! What answers that are kept depend on, of reviews.

use super::Review;
use crate::{caller::Caller, catalogue, platform::cache::CacheTag, sellers};
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
