//! What is kept of what a person paid, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::payments::payment::{Column, Entity};
use sea_orm::ActiveEnum;
use serde_json::json;
use uuid::Uuid;

/// The caller's payments, in minor units.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<Entity>(caller, Column::CustomerId, Column::Id, after).await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "for": row.subject_id,
            "provider": row.provider,
            "state": row.state.to_value(),
            "amount": row.amount,
            "captured": row.captured,
            "refunded": row.refunded,
            "currency": row.currency.as_str(),
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
