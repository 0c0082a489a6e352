//! Keys with which programs act as people.

use crate::ids::{AccountId, ApiKeyId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub account_id: AccountId,
    /// What the person calls it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// By what it is found and shown: the part of it that is no secret.
    #[sea_orm(column_type = "Text")]
    pub prefix: String,
    /// SHA-256 of the key, in hexadecimal digits: who reads the table cannot use it.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
    /// The names of its scopes, with spaces between them.
    #[sea_orm(column_type = "Text")]
    pub scopes: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTimeUtc>,
    pub revoked_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
