//! Loaders of pages: one statement for all parents whose lists are asked for the same page.

use crate::{
    caller::Caller,
    catalogue::{
        Category, Image, Product, Tag, Variant, categories, images,
        products::{self, ProductList, Whose as ProductsOf},
        tags, variants,
    },
    error::Result,
    graphql::loader::{ListOf, Loader, Pending, by_list},
    inventory::{self, Location},
    ledger::{self, LedgerAccount, LedgerEntry},
    platform::keyset::{Page, Slice},
    reviews::{self, Review, ReviewList, Whose as ReviewsOf},
    sellers::members::{self, SellerMember},
};
use std::{collections::HashMap, sync::Arc};

type PageLoader<L, M> = Loader<ListOf<L>, Arc<Slice<M>>>;
type Found<L, M> = Pending<Result<HashMap<ListOf<L>, Arc<Slice<M>>>>>;

pub(crate) struct Pages {
    pub(crate) children_of_category: PageLoader<Page, Category>,
    pub(crate) entries_of_ledger_account: PageLoader<Page, LedgerEntry>,
    pub(crate) images_of_product: PageLoader<Page, Image>,
    pub(crate) ledger_accounts_of_seller: PageLoader<Page, LedgerAccount>,
    pub(crate) locations_of_seller: PageLoader<Page, Location>,
    pub(crate) members_of_seller: PageLoader<Page, SellerMember>,
    pub(crate) products_of_category: PageLoader<ProductList, Product>,
    pub(crate) products_of_seller: PageLoader<ProductList, Product>,
    pub(crate) products_of_tag: PageLoader<ProductList, Product>,
    pub(crate) reviews_of_author: PageLoader<ReviewList, Review>,
    pub(crate) reviews_of_product: PageLoader<ReviewList, Review>,
    pub(crate) reviews_of_seller: PageLoader<ReviewList, Review>,
    pub(crate) tags_of_product: PageLoader<Page, Tag>,
    pub(crate) variants_of_product: PageLoader<Page, Variant>,
}

impl Pages {
    pub(super) fn new(caller: &Arc<Caller>) -> Self {
        Self {
            children_of_category: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    categories::children_of(&c, parents, page).await
                }))
            }),
            entries_of_ledger_account: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    ledger::entries_of_accounts(&c, parents, page).await
                }))
            }),
            ledger_accounts_of_seller: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    ledger::accounts_of_sellers(&c, parents, page).await
                }))
            }),
            images_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    images::of_products(&c, parents, page).await
                }))
            }),
            locations_of_seller: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    inventory::locations_of_sellers(&c, parents, page).await
                }))
            }),
            members_of_seller: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    members::of_sellers(&c, parents, page).await
                }))
            }),
            products_of_category: Loader::new(caller, |c, keys| {
                products_of(c, keys, ProductsOf::Category)
            }),
            products_of_seller: Loader::new(caller, |c, keys| {
                products_of(c, keys, ProductsOf::Seller)
            }),
            products_of_tag: Loader::new(caller, |c, keys| products_of(c, keys, ProductsOf::Tag)),
            reviews_of_author: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Author)
            }),
            reviews_of_product: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Product)
            }),
            reviews_of_seller: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, ReviewsOf::Seller)
            }),
            tags_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    tags::of_products(&c, parents, page).await
                }))
            }),
            variants_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    variants::of_products(&c, parents, page).await
                }))
            }),
        }
    }
}

fn products_of(
    caller: Caller,
    keys: Vec<ListOf<ProductList>>,
    whose: ProductsOf,
) -> Found<ProductList, Product> {
    Box::pin(by_list(keys, async move |parents, list| {
        products::of(&caller, whose, parents, list).await
    }))
}

fn reviews_of(
    caller: Caller,
    keys: Vec<ListOf<ReviewList>>,
    whose: ReviewsOf,
) -> Found<ReviewList, Review> {
    Box::pin(by_list(keys, async move |parents, list| {
        reviews::of(&caller, whose, parents, list).await
    }))
}
