//! Finding pictures. A picture is seen where its product is.

use super::products;
use crate::{
    caller::Caller,
    catalogue::cached,
    error::Result,
    platform::{
        keys,
        keyset::{ChildLists, Cursor, Order, Page, Slice, SortKey},
        narrow::Columns,
    },
    sellers,
};
use entity::catalogue::image::{self, Entity, Model};
use entity::ids::ImageId;
use sea_orm::{
    EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: image::Column) -> Expr {
    Expr::col((Entity, column))
}

/// The name of the order of a product's pictures, for cursors.
pub(crate) const ORDER: &str = "images by position";

fn lists() -> ChildLists<Entity> {
    ChildLists {
        // Whoever holds the product was let see it.
        list: Entity::find(),
        belongs_to: |key| column(image::Column::ProductId).eq(key).into(),
        columns: Columns::all(),
        order: Order {
            name: ORDER,
            key: Some(column(image::Column::Position)),
            id: column(image::Column::Id),
            descending: false,
            cursor: |row| Cursor {
                key: SortKey::Integer(row.position.into()),
                id: row.id.0,
            },
        },
    }
}

/// Notes that the caller is shown parts of these.
fn parts_of(caller: &Caller, products: &[Uuid]) {
    caller.depends_on(products.iter().map(|id| cached::product((*id).into())));
}

/// The same page of each product's pictures.
pub(crate) async fn of_products(
    caller: &Caller,
    products: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    parts_of(caller, products);
    lists().fetch(caller.database.read(), products, page).await
}

/// How many pictures each product has.
pub(crate) async fn counts_of_products(
    caller: &Caller,
    products: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    parts_of(caller, products);
    lists().count(caller.database.read(), products).await
}

/// The pictures with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<ImageId>,
) -> Result<HashMap<ImageId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let rows = Entity::find()
        .filter(keys::is_among(
            caller.database.backend(),
            column(image::Column::Id),
            &ids,
        ))
        .filter(products::is_seen(&caller, column(image::Column::ProductId)))
        .all(caller.database.read())
        .await?;
    caller.depends_on(rows.iter().map(|row| cached::product(row.product_id)));
    if rows.len() < ids.len() {
        // Of products that the public does not see, or not yet.
        caller.depends_on([cached::LISTED, sellers::cached::LISTED]);
    }
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}
