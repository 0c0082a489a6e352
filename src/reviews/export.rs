//! What a person wrote here, for the person.

use crate::{
    caller::Caller,
    error::Result,
    platform::told::{PAGE, Rows},
};
use entity::reviews::review::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

/// The caller's reviews, those that were taken down too.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let person = caller.require_person()?;
    let rows = Entity::find()
        .filter(Column::AuthorId.eq(person.account))
        .filter(Column::Id.gt(after.unwrap_or(Uuid::nil())))
        .order_by_asc(Column::Id)
        .limit(PAGE)
        .all(caller.database.read())
        .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "product": row.product_id.0,
            "rating": row.rating,
            "title": row.title,
            "body": row.body,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
            "deletedAt": row.deleted_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
