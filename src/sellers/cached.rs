//! What answers that are kept depend on, of shops; and the shops that are kept themselves.

use super::Seller;
use crate::platform::{
    cache::{CacheTag, Entities, Purger},
    config::Settings,
};
use entity::ids::SellerId;
use std::sync::Arc;

/// Which shops there are, what they are called, and whether they are open.
pub(crate) const LISTED: CacheTag = CacheTag::list("sellers");

/// What a shop is, its ratings included.
pub(crate) fn tag(id: SellerId) -> CacheTag {
    CacheTag::of("seller", id.0)
}

/// Whether a shop is open to the public: what all that belongs to it depends on.
pub(crate) fn open_tag(id: SellerId) -> CacheTag {
    CacheTag::of("seller_open", id.0)
}

/// The open shops that this process keeps.
#[derive(Debug)]
pub(crate) struct Memory {
    pub(super) sellers: Entities<SellerId, Seller>,
}

impl Memory {
    pub(crate) fn new(purger: &Arc<Purger>, settings: &Settings) -> Self {
        let most = settings.caches.entities_kept;
        Self {
            sellers: Entities::new(purger, "sellers", most, |id, _| vec![tag(id), open_tag(id)]),
        }
    }

    /// Shows its counts in the metrics.
    pub(crate) fn show(&self) {
        self.sellers.show();
    }
}
