//! What is kept of what a person paid into wallets, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::wallets::top_up::{Column, Entity};
use sea_orm::ActiveEnum;
use serde_json::json;
use uuid::Uuid;

/// The caller's top-ups, in minor units.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<Entity>(caller, Column::CustomerId, Column::Id, after).await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "amount": row.amount,
            "currency": row.currency.as_str(),
            "state": row.state.to_value(),
            "failure": row.failure.map(|failure| failure.to_value()),
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
