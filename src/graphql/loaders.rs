//! All loaders of a request.

use super::loader::{ListOf, Loader, Pending, by_list};
use crate::{
    accounts::{self, Account},
    caller::Caller,
    catalogue::{
        self, Category, Image, Product, ProductFilter, Tag, Variant,
        options::{ProductOption, SelectedOption},
        products::{self, ProductList},
    },
    error::Result,
    inventory::{self, Stock},
    platform::keyset::{Page, Slice},
    reviews::{self, Review, ReviewList},
    sellers::{self, Seller},
};
use entity::ids::{
    AccountId, CategoryId, ImageId, ProductId, ReviewId, SellerId, TagId, VariantId,
};
use std::{collections::HashMap, sync::Arc};

type Pages<L, M> = Loader<ListOf<L>, Arc<Slice<M>>>;
type Counts<L> = Loader<ListOf<L>, u64>;

/// One loader for each way from one object to another.
pub(crate) struct Loaders {
    pub(crate) authors: Loader<AccountId, Arc<Account>>,
    pub(crate) categories: Loader<CategoryId, Arc<Category>>,
    pub(crate) images: Loader<ImageId, Arc<Image>>,
    pub(crate) products: Loader<ProductId, Arc<Product>>,
    pub(crate) reviews: Loader<ReviewId, Arc<Review>>,
    pub(crate) sellers: Loader<SellerId, Arc<Seller>>,
    pub(crate) stock: Loader<VariantId, Arc<Stock>>,
    pub(crate) tags: Loader<TagId, Arc<Tag>>,
    pub(crate) variants: Loader<VariantId, Arc<Variant>>,

    pub(crate) ancestors_of_category: Loader<CategoryId, Arc<Vec<Arc<Category>>>>,
    pub(crate) options_of_product: Loader<ProductId, Arc<Vec<ProductOption>>>,
    pub(crate) options_of_variant: Loader<VariantId, Arc<Vec<SelectedOption>>>,

    pub(crate) children_of_category: Pages<Page, Category>,
    pub(crate) images_of_product: Pages<Page, Image>,
    pub(crate) products_of_category: Pages<ProductList, Product>,
    pub(crate) products_of_seller: Pages<ProductList, Product>,
    pub(crate) products_of_tag: Pages<ProductList, Product>,
    pub(crate) reviews_of_author: Pages<ReviewList, Review>,
    pub(crate) reviews_of_product: Pages<ReviewList, Review>,
    pub(crate) reviews_of_seller: Pages<ReviewList, Review>,
    pub(crate) tags_of_product: Pages<Page, Tag>,
    pub(crate) variants_of_product: Pages<Page, Variant>,

    pub(crate) child_count_of_category: Counts<()>,
    pub(crate) image_count_of_product: Counts<()>,
    pub(crate) product_count_of_category: Counts<ProductFilter>,
    pub(crate) product_count_of_seller: Counts<ProductFilter>,
    pub(crate) product_count_of_tag: Counts<ProductFilter>,
    pub(crate) review_count_of_author: Counts<()>,
    pub(crate) review_count_of_product: Counts<()>,
    pub(crate) review_count_of_seller: Counts<()>,
    pub(crate) tag_count_of_product: Counts<()>,
    pub(crate) variant_count_of_product: Counts<()>,
}

impl Loaders {
    /// The loaders of a request of `caller`'s.
    pub(crate) fn new(caller: &Caller) -> Self {
        Self {
            authors: Loader::new(caller, |c, ids| Box::pin(accounts::authors_by_ids(c, ids))),
            categories: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::categories::by_ids(c, ids))
            }),
            images: Loader::new(caller, |c, ids| Box::pin(catalogue::images::by_ids(c, ids))),
            products: Loader::new(caller, |c, ids| Box::pin(products::by_ids(c, ids))),
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
            options_of_product: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::options::of_products(c, ids))
            }),
            options_of_variant: Loader::new(caller, |c, ids| {
                Box::pin(catalogue::options::of_variants(c, ids))
            }),

            children_of_category: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    catalogue::categories::children_of(&c, parents, page).await
                }))
            }),
            images_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    catalogue::images::of_products(&c, parents, page).await
                }))
            }),
            products_of_category: Loader::new(caller, |c, keys| {
                products_of(c, keys, products::Whose::Category)
            }),
            products_of_seller: Loader::new(caller, |c, keys| {
                products_of(c, keys, products::Whose::Seller)
            }),
            products_of_tag: Loader::new(caller, |c, keys| {
                products_of(c, keys, products::Whose::Tag)
            }),
            reviews_of_author: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, reviews::Whose::Author)
            }),
            reviews_of_product: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, reviews::Whose::Product)
            }),
            reviews_of_seller: Loader::new(caller, |c, keys| {
                reviews_of(c, keys, reviews::Whose::Seller)
            }),
            tags_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    catalogue::tags::of_products(&c, parents, page).await
                }))
            }),
            variants_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, page| {
                    catalogue::variants::of_products(&c, parents, page).await
                }))
            }),

            child_count_of_category: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    catalogue::categories::counts_of_children(&c, parents).await
                }))
            }),
            image_count_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    catalogue::images::counts_of_products(&c, parents).await
                }))
            }),
            product_count_of_category: Loader::new(caller, |c, keys| {
                product_counts_of(c, keys, products::Whose::Category)
            }),
            product_count_of_seller: Loader::new(caller, |c, keys| {
                product_counts_of(c, keys, products::Whose::Seller)
            }),
            product_count_of_tag: Loader::new(caller, |c, keys| {
                product_counts_of(c, keys, products::Whose::Tag)
            }),
            review_count_of_author: Loader::new(caller, |c, keys| {
                review_counts_of(c, keys, reviews::Whose::Author)
            }),
            review_count_of_product: Loader::new(caller, |c, keys| {
                review_counts_of(c, keys, reviews::Whose::Product)
            }),
            review_count_of_seller: Loader::new(caller, |c, keys| {
                review_counts_of(c, keys, reviews::Whose::Seller)
            }),
            tag_count_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    catalogue::tags::counts_of_products(&c, parents).await
                }))
            }),
            variant_count_of_product: Loader::new(caller, |c, keys| {
                Box::pin(by_list(keys, async move |parents, &()| {
                    catalogue::variants::counts_of_products(&c, parents).await
                }))
            }),
        }
    }
}

type Found<L, V> = Pending<Result<HashMap<ListOf<L>, V>>>;

fn products_of(
    caller: Caller,
    keys: Vec<ListOf<ProductList>>,
    whose: products::Whose,
) -> Found<ProductList, Arc<Slice<Product>>> {
    Box::pin(by_list(keys, async move |parents, list| {
        products::of(&caller, whose, parents, list).await
    }))
}

fn product_counts_of(
    caller: Caller,
    keys: Vec<ListOf<ProductFilter>>,
    whose: products::Whose,
) -> Found<ProductFilter, u64> {
    Box::pin(by_list(keys, async move |parents, filter| {
        products::counts_of(&caller, whose, parents, filter).await
    }))
}

fn reviews_of(
    caller: Caller,
    keys: Vec<ListOf<ReviewList>>,
    whose: reviews::Whose,
) -> Found<ReviewList, Arc<Slice<Review>>> {
    Box::pin(by_list(keys, async move |parents, list| {
        reviews::of(&caller, whose, parents, list).await
    }))
}

fn review_counts_of(
    caller: Caller,
    keys: Vec<ListOf<()>>,
    whose: reviews::Whose,
) -> Found<(), u64> {
    Box::pin(by_list(keys, async move |parents, &()| {
        reviews::counts_of(&caller, whose, parents).await
    }))
}
