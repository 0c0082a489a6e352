//! Finding what lies where. Those who work in the shop see it, as it was just written.

use crate::{
    caller::Caller, error::Result, inventory::Level, platform::keys, sellers::members::sees_inside,
};
use entity::ids::VariantId;
use entity::inventory::{
    level::{Column, Entity},
    location,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, Query},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What lies of each of these variants at the shop's active locations, in the order in which those were made.
pub(crate) async fn levels_of_variants(
    caller: Caller,
    ids: Vec<VariantId>,
) -> Result<HashMap<VariantId, Arc<Vec<Arc<Level>>>>> {
    let seller = Expr::col((Entity, Column::SellerId));
    let Some(inside) = sees_inside(&caller, seller) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    let active = Query::select()
        .column(location::Column::Id)
        .from(location::Entity)
        .and_where(location::Column::DeactivatedAt.is_null())
        .take();
    let variant = Expr::col((Entity, Column::VariantId));
    let rows = Entity::find()
        .filter(keys::is_among(caller.database.backend(), variant, &ids))
        .filter(Column::LocationId.in_subquery(active))
        .filter(inside)
        .order_by_asc(Column::LocationId)
        .all(caller.database.write())
        .await?;
    let mut levels: HashMap<VariantId, Vec<Arc<Level>>> = HashMap::new();
    for row in rows {
        levels
            .entry(row.variant_id)
            .or_default()
            .push(Arc::new(row));
    }
    let levels = levels.into_iter();
    Ok(levels
        .map(|(variant, levels)| (variant, Arc::new(levels)))
        .collect())
}
