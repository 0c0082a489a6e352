//! Who people are elsewhere, and may sign in as.

use crate::ids::{AccountId, OidcIdentityId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oidc_identity")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OidcIdentityId,
    pub account_id: AccountId,
    /// Who says so.
    #[sea_orm(column_type = "Text")]
    pub issuer: String,
    /// Who the person is there: the same for ever, and nobody else's.
    #[sea_orm(column_type = "Text")]
    pub subject: String,
    /// The address that the issuer told when it was linked, for the person to know it by.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    pub created_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
