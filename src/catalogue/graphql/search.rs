//! Search, as the API shows it.

use super::{Product, ProductFilter, inputs::ProductSortKey};
use crate::{
    caller::Caller,
    catalogue::{self, FacetField as Field, SearchList, SearchSort},
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count, Edge, PageInfo},
        ids::encode,
        loaders, look_ahead,
        paging::PageArguments,
        scalars::SortDirection,
    },
};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use entity::ids::{CategoryId, SellerId};
use uuid::Uuid;

/// What matches can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ProductSearchSortKey {
    /// How well they match.
    Relevance,
    /// When they were made.
    CreatedAt,
    /// Their name.
    Name,
    /// Their lowest price.
    Price,
    /// Their mean rating.
    Rating,
}

/// How matches are sorted.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct ProductSearchSort {
    /// What they are sorted by.
    by: ProductSearchSortKey,
    /// Which end comes first.
    #[graphql(default_with = "SortDirection::Desc")]
    direction: SortDirection,
}

/// What matches can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Field")]
pub(crate) enum FacetField {
    /// The category a product is in. Values are category ids, for `filter.categoryId`.
    Category,
    /// Who sells it. Values are seller ids, for `filter.sellerIds`.
    Seller,
    /// The tags it bears. Values are slugs, for `filter.tags`.
    Tag,
    /// Ranges of its lowest price in the currency asked for, as "25..50", for `filter.price`.
    Price,
    /// At least so many stars, for `filter.ratingAtLeast`.
    Rating,
    /// The values of its options, one facet for each option, for `filter.options`.
    Option,
    /// Whether it can be bought now: "true" or "false", for `filter.inStock`.
    Availability,
}

/// The counts of one field.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 10))]
pub(crate) struct Facet {
    /// What is counted by.
    field: FacetField,
    /// The option's name, for options; else nothing.
    option: Option<String>,
    /// The values with the most matches, at most 50.
    values: Vec<FacetValue>,
}

/// A value and how many matches have it.
#[derive(SimpleObject)]
#[graphql(cache_control(max_age = 10))]
pub(crate) struct FacetValue {
    /// What the filter takes.
    value: String,
    /// What a shopper reads.
    label: String,
    /// How many matches have it.
    count: i64,
}

impl From<catalogue::Facet> for Facet {
    fn from(facet: catalogue::Facet) -> Self {
        let global = |value: String| match (facet.field, value.parse::<Uuid>()) {
            (Field::Category, Ok(id)) => encode(CategoryId(id)).0,
            (Field::Seller, Ok(id)) => encode(SellerId(id)).0,
            _ => value,
        };
        Self {
            field: facet.field.into(),
            option: facet.option,
            values: facet
                .values
                .into_iter()
                .map(|value| FacetValue {
                    value: global(value.value),
                    label: value.label,
                    count: value.count,
                })
                .collect(),
        }
    }
}

/// A page of the products that match a search.
pub(crate) struct ProductSearchConnection {
    matches: Connection<Product>,
    caller: Caller,
    query: String,
    filter: catalogue::ProductFilter,
    facets: Vec<Field>,
}

/// A page of the products that match a search, best match first.
#[Object(cache_control(max_age = 10))]
impl ProductSearchConnection {
    /// The products with their cursors.
    async fn edges(&self) -> &[Edge<Product>] {
        self.matches.edges()
    }

    /// The products alone.
    async fn nodes(&self) -> Vec<&Product> {
        self.matches.nodes()
    }

    /// Where this page lies among all matches.
    async fn page_info(&self) -> &PageInfo {
        self.matches.page_info()
    }

    /// How many products match; counted when asked for, and no further than 10,000.
    async fn total_count(&self) -> Result<u64> {
        self.matches.total_count().await
    }

    /// The counts that the search's argument `facets` asks for. A field's own filter is left aside in its counts.
    async fn facets(&self) -> Result<Vec<Facet>> {
        let facets =
            catalogue::facets(&self.caller, &self.query, &self.filter, &self.facets).await?;
        Ok(facets.into_iter().map(Facet::from).collect())
    }
}

/// Searches products.
pub(super) async fn search(
    ctx: &Context<'_>,
    query: String,
    filter: Option<ProductFilter>,
    sort: Option<ProductSearchSort>,
    facets: Option<Vec<FacetField>>,
    page: &PageArguments,
) -> Result<ProductSearchConnection> {
    let caller = caller(ctx);
    let filter = filter
        .map(|filter| filter.checked(caller.settings.currency))
        .transpose()?
        .unwrap_or_default();
    let sort = sort.unwrap_or(ProductSearchSort {
        by: ProductSearchSortKey::Relevance,
        direction: SortDirection::Desc,
    });
    let by = match sort.by {
        ProductSearchSortKey::Relevance => SearchSort::Relevance,
        ProductSearchSortKey::CreatedAt => SearchSort::By(ProductSortKey::CreatedAt.into()),
        ProductSearchSortKey::Name => SearchSort::By(ProductSortKey::Name.into()),
        ProductSearchSortKey::Price => SearchSort::By(ProductSortKey::Price.into()),
        ProductSearchSortKey::Rating => SearchSort::By(ProductSortKey::Rating.into()),
    };
    let order = by.order_name(&query);
    let list = SearchList {
        query,
        filter,
        sort: by,
        descending: sort.direction == SortDirection::Desc,
        page: page.page(order)?,
    };
    let slice = catalogue::search(caller, &list).await?;
    let rows: Vec<_> = slice.items().cloned().collect();
    Product::prefetch(loaders(ctx), &look_ahead::items_of_this(ctx), &rows).await?;

    let mut fields: Vec<Field> = Vec::new();
    for field in facets.unwrap_or_default().into_iter().map(Field::from) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(ProductSearchConnection {
        matches: Connection::new(&slice, order, counting(caller.clone(), &list)),
        caller: caller.clone(),
        query: list.query,
        filter: list.filter,
        facets: fields,
    })
}

fn counting(caller: Caller, list: &SearchList) -> Count {
    let (query, filter) = (list.query.clone(), list.filter.clone());
    Box::new(move || {
        let (caller, query, filter) = (caller.clone(), query.clone(), filter.clone());
        Box::pin(async move { catalogue::search_count(&caller, &query, &filter).await })
    })
}
