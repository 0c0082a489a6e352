//! Finding variants. A variant is seen where its product is.

use super::{products, variant_columns};
use crate::{
    caller::Caller,
    catalogue::cached,
    error::{Error, Result},
    platform::{
        keys,
        keyset::{ChildLists, Cursor, Order, Page, Slice, SortKey},
    },
    sellers,
};
use entity::catalogue::variant::{self, Entity, Model};
use entity::ids::VariantId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, Select,
    sea_query::{Expr, ExprTrait},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

fn column(column: variant::Column) -> Expr {
    Expr::col((Entity, column))
}

fn living() -> Select<Entity> {
    Entity::find().filter(variant::Column::DeletedAt.is_null())
}

/// The name of the order of a product's variants, for cursors.
pub(crate) const ORDER: &str = "variants by position";

fn order() -> Order<Model> {
    Order {
        name: ORDER,
        key: Some(column(variant::Column::Position)),
        id: column(variant::Column::Id),
        descending: false,
        cursor: |row| Cursor {
            key: SortKey::Integer(row.position.into()),
            id: row.id.0,
        },
    }
}

fn lists(caller: &Caller) -> ChildLists<Entity> {
    ChildLists {
        // Whoever holds the product was let see it.
        list: living(),
        belongs_to: |key| column(variant::Column::ProductId).eq(key).into(),
        columns: variant_columns::asked_for(caller.asked()),
        order: order(),
    }
}

/// Notes that the caller is shown parts of these.
fn parts_of(caller: &Caller, products: &[Uuid]) {
    caller.depends_on(products.iter().map(|id| cached::product((*id).into())));
}

/// The same page of each product's variants.
pub(crate) async fn of_products(
    caller: &Caller,
    products: &[Uuid],
    page: &Page,
) -> Result<HashMap<Uuid, Arc<Slice<Model>>>> {
    parts_of(caller, products);
    lists(caller)
        .fetch(caller.database.read(), products, page)
        .await
}

/// How many variants each product has.
pub(crate) async fn counts_of_products(
    caller: &Caller,
    products: &[Uuid],
) -> Result<HashMap<Uuid, u64>> {
    parts_of(caller, products);
    lists(caller).count(caller.database.read(), products).await
}

/// The variants with these ids.
pub(crate) async fn by_ids(
    caller: Caller,
    ids: Vec<VariantId>,
) -> Result<HashMap<VariantId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let rows = living()
        .filter(keys::is_among(
            caller.database.backend(),
            column(variant::Column::Id),
            &ids,
        ))
        .filter(products::is_seen(
            &caller,
            column(variant::Column::ProductId),
        ))
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

/// The variants with these ids, as they were just written.
pub(crate) async fn by_ids_written(
    caller: &Caller,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let id = column(variant::Column::Id);
    let product = column(variant::Column::ProductId);
    let rows = living()
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .filter(products::is_seen(caller, product))
        .all(caller.database.write())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// A variant, as it was just written.
///
/// # Errors
/// `NotFound`.
pub(crate) async fn by_id_written(caller: &Caller, id: VariantId) -> Result<Arc<Model>> {
    let found = living()
        .filter(variant::Column::Id.eq(id))
        .filter(products::is_seen(
            caller,
            column(variant::Column::ProductId),
        ))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("variant"))
}
