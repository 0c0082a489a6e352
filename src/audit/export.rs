//! What the log says of a person, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::audit::entry::{Column, Entity};
use serde_json::json;
use uuid::Uuid;

/// What the caller did. What others did to the caller's account is told without who they are by the account itself.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn export(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<Entity>(caller, Column::AccountId, Column::Id, after).await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "action": row.action,
            "entityType": row.entity_type,
            "entityId": row.entity_id,
            "ip": row.ip,
            "occurredAt": row.occurred_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
