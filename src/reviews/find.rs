//! Finding reviews. A review is seen where its product is.

use super::{cached, columns};
use crate::{
    caller::Caller,
    catalogue,
    error::Result,
    platform::{
        keys,
        keyset::{self, ChildLists, Cursor, Order, Page, Slice, SortKey},
    },
};
use entity::ids::{AccountId, ProductId, ReviewId, SellerId};
use entity::reviews::review::{self, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Cond, Expr, ExprTrait},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Which reviews are asked for; nothing set means all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ReviewFilter {
    pub product_id: Option<ProductId>,
    pub seller_id: Option<SellerId>,
    pub author_id: Option<AccountId>,
    /// Any of these numbers of stars.
    pub ratings: Option<Vec<i16>>,
}

/// What reviews can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ReviewSort {
    CreatedAt,
    Rating,
}

/// A page of reviews in some order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ReviewList {
    pub sort: ReviewSort,
    pub descending: bool,
    pub page: Page,
}

/// Whose reviews.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Product,
    Seller,
    Author,
}

fn column(column: review::Column) -> Expr {
    Expr::col((Entity, column))
}

fn living() -> Select<Entity> {
    Entity::find().filter(review::Column::DeletedAt.is_null())
}

fn visible() -> Select<Entity> {
    living().filter(catalogue::is_visible(column(review::Column::ProductId)))
}

impl ReviewSort {
    /// The order of reviews by this.
    pub(crate) fn order(self, descending: bool) -> Order<Model> {
        match self {
            Self::CreatedAt => Order {
                name: "reviews by id",
                key: None,
                id: column(review::Column::Id),
                descending,
                cursor: |row| Cursor {
                    key: SortKey::None,
                    id: row.id.0,
                },
            },
            Self::Rating => Order {
                name: "reviews by rating",
                key: Some(column(review::Column::Rating)),
                id: column(review::Column::Id),
                descending,
                cursor: |row| Cursor {
                    key: SortKey::Integer(row.rating.into()),
                    id: row.id.0,
                },
            },
        }
    }
}

impl ReviewFilter {
    fn select(&self) -> Select<Entity> {
        let mut wanted = Cond::all();
        if let Some(product) = self.product_id {
            wanted = wanted.add(review::Column::ProductId.eq(product));
        }
        if let Some(seller) = self.seller_id {
            wanted = wanted.add(review::Column::SellerId.eq(seller));
        }
        if let Some(author) = self.author_id {
            wanted = wanted.add(review::Column::AuthorId.eq(author));
        }
        if let Some(ratings) = &self.ratings {
            wanted = wanted.add(review::Column::Rating.is_in(ratings.iter().copied()));
        }
        visible().filter(wanted)
    }
}

impl Whose {
    /// Notes what the lists of `parents` depend on.
    fn depended_on(self, caller: &Caller, parents: &[Uuid]) {
        match self {
            Self::Product => {
                let lists = parents.iter().map(|id| cached::of_product((*id).into()));
                caller.depends_on(lists);
            }
            Self::Seller | Self::Author => cached::listed(caller),
        }
    }

    fn lists(self, caller: &Caller, order: Order<Model>) -> ChildLists<Entity> {
        ChildLists {
            list: match self {
                // Whoever holds the product was let see it.
                Self::Product => living(),
                Self::Seller | Self::Author => visible(),
            },
            belongs_to: match self {
                Self::Product => |key| column(review::Column::ProductId).eq(key).into(),
                Self::Seller => |key| column(review::Column::SellerId).eq(key).into(),
                Self::Author => |key| column(review::Column::AuthorId).eq(key).into(),
            },
            columns: columns::asked_for(caller.asked()),
            order,
        }
    }
}

/// A page of all reviews that `filter` lets through.
pub(crate) async fn list(
    caller: &Caller,
    filter: &ReviewFilter,
    list: &ReviewList,
) -> Result<Slice<Model>> {
    cached::listed(caller);
    let order = list.sort.order(list.descending);
    let columns = columns::asked_for(caller.asked());
    let (db, select) = (caller.database.read(), filter.select());
    let found = keyset::fetch_narrow(db, select, &columns, &order, &list.page).await?;
    cached::shown(caller, found.items());
    Ok(found)
}

/// How many reviews `filter` lets through, up to [`keyset::COUNT_LIMIT`].
pub(crate) async fn count(caller: &Caller, filter: &ReviewFilter) -> Result<u64> {
    cached::listed(caller);
    keyset::count(caller.database.read(), filter.select().into_query()).await
}

/// The same page of each parent's reviews.
pub(crate) async fn of(
    caller: &Caller,
    whose: Whose,
    parents: &[Uuid],
    list: &ReviewList,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    whose.depended_on(caller, parents);
    let found = whose
        .lists(caller, list.sort.order(list.descending))
        .fetch(caller.database.read(), parents, &list.page)
        .await?;
    cached::shown(caller, found.values().flat_map(|slice| slice.items()));
    Ok(found)
}

/// How many reviews each parent has.
pub(crate) async fn counts_of(
    caller: &Caller,
    whose: Whose,
    parents: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    whose.depended_on(caller, parents);
    whose
        .lists(caller, ReviewSort::CreatedAt.order(true))
        .count(caller.database.read(), parents)
        .await
}

/// The reviews with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<ReviewId>,
) -> Result<HashMap<ReviewId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let is_asked_for = keys::is_among(caller.database.backend(), column(review::Column::Id), &ids);
    let rows = visible()
        .filter(is_asked_for)
        .all(caller.database.read())
        .await?;
    let found: HashMap<ReviewId, Arc<Model>> = rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect();
    cached::shown(&caller, found.values());
    if found.len() < ids.len() {
        cached::listed(&caller);
    }
    Ok(found)
}
