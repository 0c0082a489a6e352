//! Loaders of counts: one statement for all parents whose lists are counted under the same filter.

use super::count_loader::CountLoader;
use crate::{
    caller::Caller,
    catalogue::{
        ProductFilter, categories, images,
        products::{self, Whose as ProductsOf},
        tags, variants,
    },
    error::Result,
    graphql::loader::{ListOf, Pending, by_list},
    inventory, ledger,
    reviews::{self, Whose as ReviewsOf},
    sellers::members,
};
use std::{collections::HashMap, sync::Arc};

type Found<F> = Pending<Result<HashMap<ListOf<F>, u64>>>;

pub(crate) struct Counts {
    pub(crate) children_of_category: CountLoader<()>,
    pub(crate) entries_of_ledger_account: CountLoader<()>,
    pub(crate) images_of_product: CountLoader<()>,
    pub(crate) ledger_accounts_of_seller: CountLoader<()>,
    pub(crate) locations_of_seller: CountLoader<()>,
    pub(crate) members_of_seller: CountLoader<()>,
    pub(crate) products_of_category: CountLoader<ProductFilter>,
    pub(crate) products_of_seller: CountLoader<ProductFilter>,
    pub(crate) products_of_tag: CountLoader<ProductFilter>,
    pub(crate) reviews_of_author: CountLoader<()>,
    pub(crate) reviews_of_product: CountLoader<()>,
    pub(crate) reviews_of_seller: CountLoader<()>,
    pub(crate) tags_of_product: CountLoader<()>,
    pub(crate) variants_of_product: CountLoader<()>,
}

impl Counts {
    pub(super) fn new(caller: &Arc<Caller>) -> Self {
        Self {
            children_of_category: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    categories::counts_of_children(&c, parents).await
                }))
            }),
            entries_of_ledger_account: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    ledger::counts_of_accounts(&c, parents).await
                }))
            }),
            ledger_accounts_of_seller: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    ledger::counts_of_sellers(&c, parents).await
                }))
            }),
            images_of_product: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    images::counts_of_products(&c, parents).await
                }))
            }),
            locations_of_seller: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    inventory::counts_of_sellers(&c, parents).await
                }))
            }),
            members_of_seller: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    members::counts_of_sellers(&c, parents).await
                }))
            }),
            products_of_category: CountLoader::new(caller, |c, keys| {
                products_of(c, keys, ProductsOf::Category)
            }),
            products_of_seller: CountLoader::new(caller, |c, keys| {
                products_of(c, keys, ProductsOf::Seller)
            }),
            products_of_tag: CountLoader::new(caller, |c, keys| {
                products_of(c, keys, ProductsOf::Tag)
            }),
            reviews_of_author: CountLoader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Author)
            }),
            reviews_of_product: CountLoader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Product)
            }),
            reviews_of_seller: CountLoader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Seller)
            }),
            tags_of_product: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    tags::counts_of_products(&c, parents).await
                }))
            }),
            variants_of_product: CountLoader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    variants::counts_of_products(&c, parents).await
                }))
            }),
        }
    }
}

fn products_of(
    caller: Caller,
    keys: Vec<ListOf<ProductFilter>>,
    whose: ProductsOf,
) -> Found<ProductFilter> {
    Box::pin(by_list(keys, async move |parents, filter| {
        products::counts_of(&caller, whose, parents, filter).await
    }))
}

fn reviews_of(caller: Caller, keys: Vec<ListOf<()>>, whose: ReviewsOf) -> Found<()> {
    Box::pin(by_list(keys, async move |parents, &()| {
        reviews::counts_of(&caller, whose, parents).await
    }))
}
