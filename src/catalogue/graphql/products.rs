//! Lists of products, from wherever they hang.

use super::{Product, ProductFilter, ProductSort, ProductStatus};
use crate::{
    catalogue::{
        self, Product as Row, products, products::ProductList, products::ProductSort as Sort,
    },
    error::{Error, Result},
    graphql::{
        caller,
        children::Children,
        connection::{Connection, Count},
        loaders, look_ahead,
        paging::PageArguments,
        scalars::SortDirection,
    },
};
use async_graphql::Context;
use entity::ids::{CategoryId, SellerId, TagId};

type Of = Children<ProductList, Row, catalogue::ProductFilter>;

const OF_SELLER: Of = Children {
    pages: |loaders| &loaders.pages.products_of_seller,
    counts: |loaders| &loaders.counts.products_of_seller,
};
const OF_CATEGORY: Of = Children {
    pages: |loaders| &loaders.pages.products_of_category,
    counts: |loaders| &loaders.counts.products_of_category,
};
const OF_TAG: Of = Children {
    pages: |loaders| &loaders.pages.products_of_tag,
    counts: |loaders| &loaders.counts.products_of_tag,
};

/// What the list is asked for; newest first when nothing is said.
fn list(
    ctx: &Context<'_>,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<(ProductList, &'static str)> {
    let currency = caller(ctx).settings.currency;
    let filter = filter
        .map(|filter| filter.checked(currency))
        .transpose()?
        .unwrap_or_default();
    let (sort, descending) = sort.map_or((Sort::CreatedAt, true), |sort| {
        (sort.by.into(), sort.direction == SortDirection::Desc)
    });
    let order = sort.order(descending).name;
    let page = page.page(order)?;
    Ok((
        ProductList {
            filter,
            sort,
            descending,
            page,
        },
        order,
    ))
}

/// All products.
pub(super) async fn all(
    ctx: &Context<'_>,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let (list, order) = list(ctx, filter, sort, page)?;
    let caller = caller(ctx);
    let slice = products::list(caller, &list).await?;
    let rows: Vec<_> = slice.items().cloned().collect();
    Product::prefetch(loaders(ctx), &look_ahead::items_of_this(ctx), &rows).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let (caller, filter) = (caller.clone(), list.filter.clone());
        Box::pin(async move { products::count(&caller, &filter).await })
    });
    Ok(Connection::new(&slice, order, count))
}

/// The products of a seller.
pub(crate) async fn of_seller(
    ctx: &Context<'_>,
    seller: SellerId,
    statuses: Option<Vec<ProductStatus>>,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let (mut list, order) = list(ctx, filter, sort, page)?;
    list.filter.statuses = statuses.map(statuses_meant).transpose()?;
    let filter = list.filter.clone();
    OF_SELLER
        .connection(ctx, seller.0, list, order, filter)
        .await
}

/// The statuses, each once.
fn statuses_meant(statuses: Vec<ProductStatus>) -> Result<Vec<catalogue::ProductStatus>> {
    let mut meant: Vec<catalogue::ProductStatus> = Vec::new();
    for status in statuses {
        if status == ProductStatus::Deleted {
            return Err(Error::invalid(
                "statuses",
                "Deleted products are not shown. A member of the shop can restore one by its id.",
            ));
        }
        if !meant.contains(&status.into()) {
            meant.push(status.into());
        }
    }
    Ok(meant)
}

/// The products in a category and those below it.
pub(super) async fn of_category(
    ctx: &Context<'_>,
    category: CategoryId,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let (list, order) = list(ctx, filter, sort, page)?;
    let filter = list.filter.clone();
    OF_CATEGORY
        .connection(ctx, category.0, list, order, filter)
        .await
}

/// The products that bear a tag.
pub(super) async fn of_tag(
    ctx: &Context<'_>,
    tag: TagId,
    filter: Option<ProductFilter>,
    sort: Option<ProductSort>,
    page: &PageArguments,
) -> Result<Connection<Product>> {
    let (list, order) = list(ctx, filter, sort, page)?;
    let filter = list.filter.clone();
    OF_TAG.connection(ctx, tag.0, list, order, filter).await
}
