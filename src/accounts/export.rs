//! What is kept about a person here, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{self, Rows},
};
use entity::accounts::{address, api_key, oidc_identity, session};
use sea_orm::ActiveEnum;
use serde_json::json;
use uuid::Uuid;

/// The account itself. That it has a password is told, what that is made into is not.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn account(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    caller.require_person()?;
    let own = super::find::own(caller).await?.filter(|_| after.is_none());
    Ok(own
        .map(|own| {
            let (account, login) = (own.account, own.login);
            let told = json!({
                "email": login.email,
                "emailVerifiedAt": login.email_verified_at,
                "hasPassword": login.password_hash.is_some(),
                "passwordChangedAt": login.password_changed_at,
                "displayName": account.display_name,
                "role": account.role.to_value(),
                "status": account.status.to_value(),
                "createdAt": account.created_at,
                "updatedAt": account.updated_at,
            });
            (account.id.0, told)
        })
        .into_iter()
        .collect())
}

/// The addresses.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn addresses(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<address::Entity>(
        caller,
        address::Column::CustomerId,
        address::Column::Id,
        after,
    )
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "name": row.name,
            "company": row.company,
            "line1": row.line1,
            "line2": row.line2,
            "city": row.city,
            "region": row.region,
            "postalCode": row.postal_code,
            "country": row.country,
            "phone": row.phone,
            "isDefaultShipping": row.is_default_shipping,
            "isDefaultBilling": row.is_default_billing,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}

/// The sessions, those that are over too, as long as they are kept.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn sessions(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<session::Entity>(
        caller,
        session::Column::AccountId,
        session::Column::Id,
        after,
    )
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "device": row.user_agent,
            "ip": row.ip,
            "createdAt": row.created_at,
            "lastUsedAt": row.last_used_at,
            "endedAt": row.ended_at,
            "endReason": row.end_reason.map(|reason| reason.to_value()),
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}

/// The keys, without what would open anything.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn keys(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<api_key::Entity>(
        caller,
        api_key::Column::AccountId,
        api_key::Column::Id,
        after,
    )
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "name": row.name,
            "prefix": row.prefix,
            "scopes": row.scopes,
            "createdAt": row.created_at,
            "expiresAt": row.expires_at,
            "lastUsedAt": row.last_used_at,
            "revokedAt": row.revoked_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}

/// Who the person is elsewhere.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn identities(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let rows = told::page::<oidc_identity::Entity>(
        caller,
        oidc_identity::Column::AccountId,
        oidc_identity::Column::Id,
        after,
    )
    .await?;
    let told = rows.into_iter().map(|row| {
        let told = json!({
            "issuer": row.issuer,
            "subject": row.subject,
            "email": row.email,
            "createdAt": row.created_at,
            "lastUsedAt": row.last_used_at,
        });
        (row.id.0, told)
    });
    Ok(told.collect())
}
