//! The second factors of a person, for the person: never what would open anything.

use super::Method;
use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use chrono::{DateTime, Utc};
use entity::accounts::{passkey, recovery_code, totp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

/// The authenticator app and the recovery codes, of which an account has one set. Passkeys have a section of their own.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn second_factors(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let account = caller.require_person()?.account;
    if after.is_some() {
        return Ok(Rows::new());
    }
    let db = caller.database.read();
    let mut told = Rows::new();
    if let Some(app) = totp::Entity::find_by_id(account).one(db).await? {
        let app = json!({
            "method": Method::Totp.name(),
            "createdAt": app.created_at,
            "confirmedAt": app.confirmed_at,
        });
        told.push((account.0, app));
    }
    let codes: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> = recovery_code::Entity::find()
        .select_only()
        .columns([
            recovery_code::Column::CreatedAt,
            recovery_code::Column::UsedAt,
        ])
        .filter(recovery_code::Column::AccountId.eq(account))
        .order_by_asc(recovery_code::Column::CreatedAt)
        .into_tuple()
        .all(db)
        .await?;
    if let Some((created_at, _)) = codes.first() {
        let used: Vec<_> = codes.iter().filter_map(|(_, used_at)| *used_at).collect();
        let codes = json!({
            "method": Method::RecoveryCode.name(),
            "createdAt": created_at,
            "left": codes.len() - used.len(),
            "usedAt": used,
        });
        told.push((account.0, codes));
    }
    Ok(told)
}

/// The passkeys.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn passkeys(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<passkey::Entity>(
        caller,
        passkey::Column::AccountId,
        passkey::Column::Id,
        after,
    )
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "name": row.name,
            "createdAt": row.created_at,
            "lastUsedAt": row.last_used_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
