//! Loaders of single objects, and of the short lists that belong to one.

use crate::{
    accounts::{self, PublicFace},
    caller::Caller,
    catalogue::{
        self, Category, Image, Product, Tag, Variant,
        options::{ProductOption, SelectedOption},
    },
    graphql::loader::{ListOf, Loader, by_list},
    inventory::{self, Level, Location, Stock},
    jobs::{self, JobRow},
    ledger::{self, LedgerTransaction},
    reviews::{self, Review},
    sellers::{self, Seller},
};
use chrono::{DateTime, Utc};
use entity::ids::{
    AccountId, CategoryId, ImageId, JobId, LedgerTransactionId, LocationId, ProductId, ReviewId,
    SellerId, TagId, VariantId,
};
use std::sync::Arc;

pub(crate) struct Objects {
    pub(crate) authors: Loader<AccountId, Arc<PublicFace>>,
    pub(crate) categories: Loader<CategoryId, Arc<Category>>,
    pub(crate) images: Loader<ImageId, Arc<Image>>,
    pub(crate) jobs: Loader<JobId, Arc<JobRow>>,
    pub(crate) locations: Loader<LocationId, Arc<Location>>,
    pub(crate) products: Loader<ProductId, Arc<Product>>,
    pub(crate) reviews: Loader<ReviewId, Arc<Review>>,
    pub(crate) sellers: Loader<SellerId, Arc<Seller>>,
    pub(crate) stock: Loader<VariantId, Arc<Stock>>,
    pub(crate) tags: Loader<TagId, Arc<Tag>>,
    pub(crate) variants: Loader<VariantId, Arc<Variant>>,
    pub(crate) ancestors_of_category: Loader<CategoryId, Arc<Vec<Arc<Category>>>>,
    pub(crate) levels_of_variant: Loader<VariantId, Arc<Vec<Arc<Level>>>>,
    pub(crate) options_of_product: Loader<ProductId, Arc<Vec<ProductOption>>>,
    pub(crate) options_of_variant: Loader<VariantId, Arc<Vec<SelectedOption>>>,
    pub(crate) commission_of_seller: Loader<SellerId, i64>,
    pub(crate) ledger_transactions: Loader<LedgerTransactionId, Arc<LedgerTransaction>>,
    pub(crate) balances_at: Loader<ListOf<DateTime<Utc>>, i64>,
}

impl Objects {
    pub(super) fn new(caller: &Arc<Caller>) -> Self {
        Self {
            authors: Loader::new(caller, |c, ids| Box::pin(accounts::authors_by_ids(c, ids))),
            categories: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::categories::by_ids(c, ids))
            }),
            images: Loader::new(caller, |c, ids| Box::pin(catalogue::images::by_ids(c, ids))),
            jobs: Loader::new(caller, |c, ids| Box::pin(jobs::by_ids(c, ids))),
            locations: Loader::new(caller, |c, ids| {
                Box::pin(inventory::locations_by_ids(c, ids))
            }),
            products: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::products::by_ids(c, ids))
            }),
            reviews: Loader::new(caller, |c, ids| Box::pin(reviews::by_ids(c, ids))),
            sellers: Loader::new(caller, |c, ids| Box::pin(sellers::by_ids(c, ids))),
            stock: Loader::new(caller, |c, ids| Box::pin(inventory::by_variants(c, ids))),
            tags: Loader::new(caller, |c, ids| Box::pin(catalogue::tags::by_ids(c, ids))),
            variants: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::variants::by_ids(c, ids))
            }),
            ancestors_of_category: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::categories::ancestors_of(c, ids))
            }),
            levels_of_variant: Loader::new(caller, |c, ids| {
                Box::pin(inventory::levels_of_variants(c, ids))
            }),
            options_of_product: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::options::of_products(c, ids))
            }),
            options_of_variant: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::options::of_variants(c, ids))
            }),
            commission_of_seller: Loader::new(caller, |c, ids| {
                Box::pin(ledger::commissions_of_sellers(c, ids))
            }),
            ledger_transactions: Loader::new(caller, |c, ids| {
                Box::pin(ledger::transactions_by_ids(c, ids))
            }),
            balances_at: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |accounts, at| {
                    ledger::balances_at(&c, accounts, *at).await
                }))
            }),
        }
    }
}
