//! Reviews, as the API shows them.

use super::{Review as Row, ReviewFilter as Filter, ReviewList, ReviewSort as Sort};
use crate::{
    accounts::graphql::Author,
    catalogue::graphql::Product,
    error::{Error, Result},
    graphql::{
        Loaders, caller,
        children::Children,
        connection::{Connection, Count},
        eager::Eager,
        ids::{decode, encode},
        loaders, look_ahead, nullable,
        paging::PageArguments,
        scalars::SortDirection,
    },
    sellers::graphql::Seller,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SelectionField};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, ProductId, SellerId};
use std::sync::Arc;
use uuid::Uuid;

/// What reviews can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Sort")]
pub(crate) enum ReviewSortKey {
    /// When they were written.
    CreatedAt,
    /// How many stars they give.
    Rating,
}

/// How reviews are sorted.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct ReviewSort {
    /// What they are sorted by.
    by: ReviewSortKey,
    /// Which end comes first.
    #[graphql(default_with = "SortDirection::Desc")]
    direction: SortDirection,
}

/// Which reviews are asked for; what is left out does not narrow.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct ReviewFilter {
    /// Of this product.
    product_id: Option<ID>,
    /// Of products of this seller.
    seller_id: Option<ID>,
    /// By this author.
    author_id: Option<ID>,
    /// With any of these numbers of stars, 1 to 5.
    #[graphql(validator(max_items = 5))]
    ratings: Option<Vec<i32>>,
}

impl ReviewFilter {
    fn checked(self) -> Result<Filter> {
        let ratings = self.ratings.map(|ratings| {
            ratings
                .into_iter()
                .map(|stars| match i16::try_from(stars) {
                    Ok(stars @ 1..=5) => Ok(stars),
                    _ => Err(Error::invalid("filter.ratings", "Ratings go from 1 to 5.")),
                })
                .collect::<Result<Vec<_>>>()
        });
        Ok(Filter {
            product_id: self
                .product_id
                .map(|id| decode(&id, "filter.productId"))
                .transpose()?,
            seller_id: self
                .seller_id
                .map(|id| decode(&id, "filter.sellerId"))
                .transpose()?,
            author_id: self
                .author_id
                .map(|id| decode(&id, "filter.authorId"))
                .transpose()?,
            ratings: ratings.transpose()?,
        })
    }
}

/// What the list is asked for; newest first when nothing is said.
fn list(sort: Option<ReviewSort>, page: &PageArguments) -> Result<(ReviewList, &'static str)> {
    let (sort, descending) = sort.map_or((Sort::CreatedAt, true), |sort| {
        (sort.by.into(), sort.direction == SortDirection::Desc)
    });
    let order = sort.order(descending).name;
    let page = page.page(order)?;
    Ok((
        ReviewList {
            sort,
            descending,
            page,
        },
        order,
    ))
}

/// What a buyer says of a product.
pub(crate) struct Review(Arc<Row>);

impl From<Arc<Row>> for Review {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// What a buyer says of a product.
#[Object(cache_control(max_age = 30))]
impl Review {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// Stars, 1 to 5.
    fn rating(&self) -> i32 {
        self.0.rating.into()
    }

    /// A line that sums it up; may be empty.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// The text.
    fn body(&self) -> &str {
        &self.0.body
    }

    /// When it was written.
    fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// The product it is about.
    async fn product(&self, ctx: &Context<'_>) -> Result<Eager<Product>> {
        let product = loaders(ctx)
            .objects
            .products
            .load(self.0.product_id)
            .await?;
        product.map(Eager::from).ok_or(Error::NotFound("product"))
    }

    /// The seller of the product.
    async fn seller(&self, ctx: &Context<'_>) -> Result<Eager<Seller>> {
        let seller = loaders(ctx).objects.sellers.load(self.0.seller_id).await?;
        seller.map(Eager::from).ok_or(Error::NotFound("seller"))
    }

    /// Who wrote it; nothing when the account has been closed.
    async fn author(&self, ctx: &Context<'_>) -> Option<Result<Eager<Author>>> {
        nullable(loaders(ctx).objects.authors.load(self.0.author_id).await)
    }
}

/// Fetches what `selected` asks of each of `reviews`.
pub(crate) async fn prefetch(
    loaders: &Loaders,
    selected: &[SelectionField<'_>],
    reviews: &[Arc<Row>],
) -> Result<()> {
    let asks_for = |name| selected.iter().any(|field| field.name() == name);
    if asks_for("author") {
        loaders
            .objects
            .authors
            .load_many(reviews.iter().map(|row| row.author_id).collect())
            .await?;
    }
    if asks_for("product") {
        loaders
            .objects
            .products
            .load_many(reviews.iter().map(|row| row.product_id).collect())
            .await?;
    }
    Ok(())
}

const OF_PRODUCT: Children<ReviewList, Row, ()> = Children {
    pages: |loaders| &loaders.pages.reviews_of_product,
    counts: |loaders| &loaders.counts.reviews_of_product,
};
const OF_SELLER: Children<ReviewList, Row, ()> = Children {
    pages: |loaders| &loaders.pages.reviews_of_seller,
    counts: |loaders| &loaders.counts.reviews_of_seller,
};
const OF_AUTHOR: Children<ReviewList, Row, ()> = Children {
    pages: |loaders| &loaders.pages.reviews_of_author,
    counts: |loaders| &loaders.counts.reviews_of_author,
};

/// Fetches the reviews that `field`, selected on products, asks for, and what it asks of them.
pub(crate) async fn prefetch_of_products(
    loaders: &Loaders,
    field: &SelectionField<'_>,
    products: impl Iterator<Item = Uuid>,
) -> Result<()> {
    // What is wrong with the arguments is for the resolver to say.
    let Ok((list, _)) = list(
        look_ahead::argument(field, "sort"),
        &look_ahead::page_arguments(field),
    ) else {
        return Ok(());
    };
    let reviews = OF_PRODUCT.prefetch(loaders, products, list).await?;
    prefetch(loaders, &look_ahead::items(field), &reviews).await
}

/// The reviews of a product.
pub(crate) async fn of_product(
    ctx: &Context<'_>,
    product: ProductId,
    sort: Option<ReviewSort>,
    page: &PageArguments,
) -> Result<Connection<Review>> {
    let (list, order) = list(sort, page)?;
    OF_PRODUCT.connection(ctx, product.0, list, order, ()).await
}

/// The reviews of a seller's products.
pub(crate) async fn of_seller(
    ctx: &Context<'_>,
    seller: SellerId,
    sort: Option<ReviewSort>,
    page: &PageArguments,
) -> Result<Connection<Review>> {
    let (list, order) = list(sort, page)?;
    OF_SELLER.connection(ctx, seller.0, list, order, ()).await
}

/// The reviews an author wrote.
pub(crate) async fn of_author(
    ctx: &Context<'_>,
    author: AccountId,
    sort: Option<ReviewSort>,
    page: &PageArguments,
) -> Result<Connection<Review>> {
    let (list, order) = list(sort, page)?;
    OF_AUTHOR.connection(ctx, author.0, list, order, ()).await
}

#[derive(Default)]
pub(crate) struct ReviewQueries;

#[Object]
impl ReviewQueries {
    /// All reviews, newest first when nothing else is asked for.
    #[expect(
        clippy::too_many_arguments,
        reason = "a connection has four of its own"
    )]
    #[graphql(cache_control(max_age = 30))]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<ReviewFilter>,
        #[graphql(desc = "In which order.")] sort: Option<ReviewSort>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Review>> {
        let (list, order) = list(sort, &PageArguments::new(first, after, last, before))?;
        let filter = filter
            .map(ReviewFilter::checked)
            .transpose()?
            .unwrap_or_default();
        let caller = caller(ctx);
        let slice = super::list(caller, &filter, &list).await?;
        let rows: Vec<_> = slice.items().cloned().collect();
        let selected = look_ahead::items_of_this(ctx);
        prefetch(loaders(ctx), &selected, &rows).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { super::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order, count))
    }
}
