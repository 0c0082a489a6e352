//! Finding totals. Who may see a variant may see whether it can be bought.

use crate::{caller::Caller, catalogue, error::Result, platform::keys};
use entity::ids::VariantId;
use entity::inventory::stock::{self, Entity, Model};
use sea_orm::{DatabaseConnection, EntityTrait, QueryFilter, sea_query::Expr};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// The stock of these variants.
pub(crate) async fn by_variants(
    caller: Caller,
    ids: Vec<VariantId>,
) -> Result<HashMap<VariantId, Arc<Model>>> {
    let found = fetch(caller.database.read(), &ids).await?;
    // Where there is none, the variant's product stands for it.
    let products = found.values().map(|stock| stock.product_id);
    caller.depends_on(products.map(catalogue::cached::product));
    Ok(found)
}

/// The stock of these variants, as it was just written.
pub(crate) async fn by_variants_written(
    caller: &Caller,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Arc<Model>>> {
    fetch(caller.database.write(), ids).await
}

async fn fetch(
    db: &DatabaseConnection,
    ids: &[VariantId],
) -> Result<HashMap<VariantId, Arc<Model>>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let id = Expr::col((Entity, stock::Column::VariantId));
    let rows = Entity::find()
        .filter(keys::is_among(db.get_database_backend(), id, &ids))
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.variant_id, Arc::new(row)))
        .collect())
}
