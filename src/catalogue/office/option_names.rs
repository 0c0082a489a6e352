//! The names of products' options, as drafts need them.

use crate::{
    error::Result,
    platform::database::{Tx, lists::is_among_ids},
};
use entity::catalogue::option::{Column, Entity};
use entity::ids::ProductId;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// The names of the options of `products`, in their order.
pub(super) async fn option_names(
    tx: &Tx,
    products: &[ProductId],
) -> Result<HashMap<ProductId, Vec<String>>> {
    let rows: Vec<(ProductId, String)> = Entity::find()
        .select_only()
        .columns([Column::ProductId, Column::Name])
        .filter(is_among_ids(
            tx.get_database_backend(),
            Column::ProductId,
            products,
        ))
        .order_by_asc(Column::Position)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    let mut names: HashMap<ProductId, Vec<String>> = HashMap::new();
    for (product, name) in rows {
        names.entry(product).or_default().push(name);
    }
    Ok(names)
}
