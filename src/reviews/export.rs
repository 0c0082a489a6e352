//! What a person wrote here, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::reviews::review::{Column, Entity};
use serde_json::json;
use uuid::Uuid;

/// The caller's reviews, those that were taken down too.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<Entity>(caller, Column::AuthorId, Column::Id, after).await?;
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
