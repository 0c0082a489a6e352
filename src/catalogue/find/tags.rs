//! Finding tags. Everyone sees them all.

use crate::{
    caller::Caller,
    catalogue::cached,
    error::Result,
    platform::{
        keys,
        keyset::{ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
};
use entity::catalogue::{
    product_tag,
    tag::{self, Entity, Model},
};
use entity::ids::TagId;
use sea_orm::{
    EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, Query},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: tag::Column) -> Expr {
    Expr::col((Entity, column))
}

/// The name of the order of a product's tags, for cursors.
pub(crate) const ORDER: &str = "tags by slug";

fn lists() -> ChildLists<Entity> {
    ChildLists {
        list: Entity::find(),
        belongs_to: |product| {
            let tags = Query::select()
                .column((product_tag::Entity, product_tag::Column::TagId))
                .from(product_tag::Entity)
                .and_where(
                    Expr::col((product_tag::Entity, product_tag::Column::ProductId)).eq(product),
                )
                .take();
            column(tag::Column::Id).in_subquery(tags).into()
        },
        columns: Columns::all(),
        order: Order {
            name: ORDER,
            key: Some(column(tag::Column::Slug)),
            id: column(tag::Column::Id),
            descending: false,
            cursor: |row| Cursor {
                key: SortKey::Text(row.slug.clone()),
                id: row.id.0,
            },
        },
    }
}

/// Notes that the caller is shown the words of these.
fn parts_of(caller: &Caller, products: &[Uuid]) {
    caller.depends_on(products.iter().map(|id| cached::product((*id).into())));
}

/// The same page of each product's tags.
pub(crate) async fn of_products(
    caller: &Caller,
    products: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    parts_of(caller, products);
    lists().fetch(caller.database.read(), products, page).await
}

/// How many tags each product bears.
pub(crate) async fn counts_of_products(
    caller: &Caller,
    products: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    parts_of(caller, products);
    lists().count(caller.database.read(), products).await
}

/// The tags with these ids.
pub(crate) async fn by_ids(caller: Caller, ids: Vec<TagId>) -> Result<HashMap<TagId, Arc<Model>>> {
    caller.depends_on(ids.iter().map(|id| cached::word(*id)));
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let rows = Entity::find()
        .filter(keys::is_among(
            caller.database.backend(),
            column(tag::Column::Id),
            &ids,
        ))
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}
