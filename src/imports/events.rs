//! What happens when products are imported.

use crate::{
    catalogue::cached,
    outbox::Event,
    platform::cache::CacheTag,
    sellers::{self, Shop},
};
use entity::ids::{ProductId, SellerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most products of one event, so that its payload stays small.
const MOST: usize = 256;

/// An import made or changed products, and the shops and categories that they are in.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductsImported {
    /// The shop of the first of them: what imports the same shops comes in order.
    pub(crate) first: SellerId,
    pub(crate) products: Vec<ProductId>,
    /// Their shops.
    pub(crate) sellers: Vec<SellerId>,
}

impl ProductsImported {
    /// What tells of these products and new shops.
    pub(super) fn all(mut changed: Vec<(ProductId, SellerId)>, new_shops: &[Shop]) -> Vec<Self> {
        changed.sort_unstable_by_key(|(product, seller)| (*seller, *product));
        let mut events: Vec<Self> = changed.chunks(MOST).map(Self::of).collect();
        if let (true, Some(shop)) = (events.is_empty(), new_shops.first()) {
            events.push(Self {
                first: shop.id,
                products: Vec::new(),
                sellers: vec![shop.id],
            });
        }
        events
    }

    fn of(changed: &[(ProductId, SellerId)]) -> Self {
        let mut sellers: Vec<SellerId> = changed.iter().map(|(_, seller)| *seller).collect();
        sellers.dedup();
        Self {
            first: sellers.first().copied().unwrap_or(SellerId(Uuid::nil())),
            products: changed.iter().map(|(product, _)| *product).collect(),
            sellers,
        }
    }
}

impl Event for ProductsImported {
    const NAME: &'static str = "imports.products_imported";
    const AGGREGATE: &'static str = "import_of_shop";

    fn aggregate_id(&self) -> Uuid {
        self.first.0
    }

    /// An import may change anything of the catalogue, so every list is read anew.
    fn purges(&self) -> Vec<CacheTag> {
        let lists = [
            cached::LISTED,
            cached::STOCKED,
            cached::SHELF,
            cached::CATEGORIES,
            sellers::cached::LISTED,
        ];
        let products = self.products.iter().map(|id| cached::product(*id));
        let shops = (self.sellers.iter())
            .flat_map(|id| [cached::of_seller(*id), sellers::cached::tag(*id)]);
        lists.into_iter().chain(products).chain(shops).collect()
    }
}
