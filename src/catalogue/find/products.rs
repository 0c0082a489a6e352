//! Finding products. The public sees the active products of open shops, and whoever works in a shop sees also those of its products
//! that are not active, one by one and in the shop. What is deleted nobody sees.

use super::product_columns;
use crate::{
    caller::Caller,
    catalogue::{ProductFilter, cached, categories},
    error::{Error, Result},
    platform::{
        cache::CacheTag,
        keys,
        keyset::{self, ChildLists, Cursor, Order, Page, Slice, SortKey},
    },
    sellers,
};
use entity::catalogue::{
    product::{self, Entity, Model},
    product_tag,
};
use entity::ids::ProductId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Cond, Expr, ExprTrait, Query},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What products can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ProductSort {
    CreatedAt,
    Name,
    Price,
    Rating,
}

/// A page of products in some order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ProductList {
    pub filter: ProductFilter,
    pub sort: ProductSort,
    pub descending: bool,
    pub page: Page,
}

/// Whose products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Seller,
    /// With those of the categories below it.
    Category,
    Tag,
}

pub(in crate::catalogue) fn column(column: product::Column) -> Expr {
    Expr::col((Entity, column))
}

/// Whether the public sees the product of the current row. What is deleted is never active.
fn is_listed() -> Cond {
    // Written out rather than bound, so that the planner can use the indexes on active products.
    Cond::all()
        .add(Expr::cust("product.status = 'ACTIVE'"))
        .add(sellers::is_visible(column(product::Column::SellerId)))
}

/// Whether the public sees the product with id `product`; for what belongs to a product.
pub(crate) fn is_visible(product: Expr) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from(Entity)
            .and_where(column(product::Column::Id).eq(product))
            .cond_where(is_listed())
            .take(),
    )
}

/// Every product that the public sees: what lists are made of.
pub(in crate::catalogue) fn listed() -> Select<Entity> {
    Entity::find().filter(is_listed())
}

/// Whether the caller sees the product of the current row.
fn is_visible_to(caller: &Caller) -> Cond {
    match sellers::members::sees_inside(caller, column(product::Column::SellerId)) {
        None => is_listed(),
        Some(inside) => Cond::any().add(is_listed()).add(
            Cond::all()
                .add(Expr::cust("product.status <> 'DELETED'"))
                .add(inside),
        ),
    }
}

/// Every product that the caller may see.
fn visible(caller: &Caller) -> Select<Entity> {
    Entity::find().filter(is_visible_to(caller))
}

/// Whether the caller sees the product with id `product`; for what belongs to a product.
pub(in crate::catalogue) fn is_seen(caller: &Caller, product: Expr) -> Expr {
    Expr::exists(
        Query::select()
            .expr(Expr::cust("1"))
            .from(Entity)
            .and_where(column(product::Column::Id).eq(product))
            .cond_where(is_visible_to(caller))
            .take(),
    )
}

impl ProductSort {
    /// What the order depends on, beside which products there are.
    pub(in crate::catalogue) fn tag(self) -> Option<CacheTag> {
        (self == Self::Rating).then_some(cached::RATED)
    }

    /// What is sorted by before the id.
    fn key(self) -> Option<product::Column> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(product::Column::NameKey),
            Self::Price => Some(product::Column::PriceMin),
            Self::Rating => Some(product::Column::RatingAverage),
        }
    }

    /// Where a product stands when sorted by this.
    pub(in crate::catalogue) fn cursor(self, row: &Model) -> Cursor {
        let key = match self {
            Self::CreatedAt => SortKey::None,
            Self::Name => SortKey::Text(row.name_key.clone()),
            Self::Price => SortKey::Integer(row.price_min),
            Self::Rating => SortKey::Integer(row.rating_average.into()),
        };
        Cursor { key, id: row.id.0 }
    }

    /// The order of products by this.
    pub(crate) fn order(self, descending: bool) -> Order<Model> {
        let (name, cursor): (_, fn(&Model) -> Cursor) = match self {
            Self::CreatedAt => ("products by id", |row| Self::CreatedAt.cursor(row)),
            Self::Name => ("products by name", |row| Self::Name.cursor(row)),
            Self::Price => ("products by price", |row| Self::Price.cursor(row)),
            Self::Rating => ("products by rating", |row| Self::Rating.cursor(row)),
        };
        Order {
            name,
            key: self.key().map(column),
            id: column(product::Column::Id),
            descending,
            cursor,
        }
    }
}

/// A page of all products.
pub(crate) async fn list(caller: &Caller, list: &ProductList) -> Result<Slice<Model>> {
    caller.depends_on([cached::LISTED].into_iter().chain(list.tags()));
    let db = caller.database.read();
    let select = listed().filter(list.filter.condition(caller.database.backend()));
    let order = list.sort.order(list.descending);
    let columns = product_columns::asked_for(caller.asked(), list.sort.key());
    let found = keyset::fetch_narrow(db, select, &columns, &order, &list.page).await?;
    shown(caller, found.items());
    Ok(found)
}

/// Notes that the caller is shown these.
pub(in crate::catalogue) fn shown<'r>(caller: &Caller, rows: impl Iterator<Item = &'r Arc<Model>>) {
    caller.depends_on(rows.flat_map(|row| cached::row(row)));
}

impl ProductList {
    /// What it depends on, beside which products there are and those that are in it.
    fn tags(&self) -> impl Iterator<Item = CacheTag> {
        self.filter.tags().chain(self.sort.tag())
    }
}

/// How many products `filter` lets through, up to [`keyset::COUNT_LIMIT`].
pub(crate) async fn count(caller: &Caller, filter: &ProductFilter) -> Result<u64> {
    caller.depends_on([cached::LISTED].into_iter().chain(filter.tags()));
    let select = listed().filter(filter.condition(caller.database.backend()));
    keyset::count(caller.database.read(), select.into_query()).await
}

impl Whose {
    /// What the lists of `parents` depend on.
    fn depended_on(self, caller: &Caller, parents: &[Uuid]) {
        match self {
            Self::Seller => {
                let lists = parents.iter().map(|id| cached::of_seller((*id).into()));
                caller.depends_on(lists);
            }
            Self::Category => caller.depends_on([cached::LISTED, cached::CATEGORIES]),
            Self::Tag => caller.depends_on([cached::LISTED]),
        }
    }

    fn lists(
        self,
        caller: &Caller,
        filter: &ProductFilter,
        sort: ProductSort,
        descending: bool,
    ) -> ChildLists<Entity> {
        ChildLists {
            list: match self {
                // Only here is it said which statuses are meant.
                Self::Seller if filter.statuses.is_some() => visible(caller),
                _ => listed(),
            }
            .filter(filter.condition(caller.database.backend())),
            belongs_to: match self {
                Self::Seller => |key| column(product::Column::SellerId).eq(key).into(),
                Self::Category => {
                    |key| categories::is_within(column(product::Column::CategoryId), key).into()
                }
                Self::Tag => |key| bears_tag(key).into(),
            },
            columns: product_columns::asked_for(caller.asked(), sort.key()),
            order: sort.order(descending),
        }
    }
}

fn bears_tag(tag: Expr) -> Expr {
    column(product::Column::Id).in_subquery(
        Query::select()
            .column((product_tag::Entity, product_tag::Column::ProductId))
            .from(product_tag::Entity)
            .and_where(Expr::col((product_tag::Entity, product_tag::Column::TagId)).eq(tag))
            .take(),
    )
}

/// The same page of each parent's products.
pub(crate) async fn of(
    caller: &Caller,
    whose: Whose,
    parents: &[Uuid],
    list: &ProductList,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    whose.depended_on(caller, parents);
    caller.depends_on(list.tags());
    let found = whose
        .lists(caller, &list.filter, list.sort, list.descending)
        .fetch(caller.database.read(), parents, &list.page)
        .await?;
    shown(caller, found.values().flat_map(|slice| slice.items()));
    Ok(found)
}

/// How many products each parent has.
pub(crate) async fn counts_of(
    caller: &Caller,
    whose: Whose,
    parents: &[Uuid],
    filter: &ProductFilter,
) -> Result<HashMap<Uuid, u64>> {
    whose.depended_on(caller, parents);
    caller.depends_on(filter.tags());
    whose
        .lists(caller, filter, ProductSort::CreatedAt, true)
        .count(caller.database.read(), parents)
        .await
}

/// The products with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<ProductId>,
) -> Result<HashMap<ProductId, Arc<Model>>> {
    let number = ids.len();
    caller.depends_on(ids.iter().map(|id| cached::product(*id)));
    let found = if caller.is_the_public() {
        let fetch = async |ids| fetch_by_ids(&caller, ids).await;
        caller.catalogue.products.get(ids, fetch).await?
    } else {
        fetch_by_ids(&caller, ids).await?
    };
    shown(&caller, found.values());
    if found.len() < number {
        // Their shops may open, and which they are is not known.
        caller.depends_on([sellers::cached::LISTED]);
    }
    Ok(found)
}

async fn fetch_by_ids(
    caller: &Caller,
    ids: Vec<ProductId>,
) -> Result<HashMap<ProductId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let is_asked_for = keys::is_among(caller.database.backend(), column(product::Column::Id), &ids);
    let rows = visible(caller)
        .filter(is_asked_for)
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// The product with this slug.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_slug(caller: &Caller, slug: &str) -> Result<Arc<Model>> {
    let found = visible(caller)
        // One that is deleted may have had it before.
        .filter(product::Column::DeletedAt.is_null())
        .filter(product::Column::Slug.eq(slug))
        .one(caller.database.read())
        .await?
        .map(Arc::new)
        .ok_or(Error::NotFound("product"))?;
    shown(caller, std::iter::once(&found));
    Ok(found)
}

/// The products with these ids, as they were just written.
pub(crate) async fn by_ids_written(
    caller: &Caller,
    ids: &[ProductId],
) -> Result<HashMap<ProductId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let is_asked_for = keys::is_among(caller.database.backend(), column(product::Column::Id), &ids);
    let rows = visible(caller).filter(is_asked_for);
    let rows = rows.all(caller.database.write()).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}
