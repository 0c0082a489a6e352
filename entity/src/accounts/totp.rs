//! Authenticator apps, which show another code every thirty seconds (RFC 6238). An account has one or none.

use crate::ids::AccountId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "totp")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// What the codes follow from, sealed for this account.
    #[sea_orm(column_type = "Text")]
    pub secret: String,
    /// The latest step whose code was used: codes of it and of those before are good for nothing.
    pub last_step: i64,
    pub created_at: DateTimeUtc,
    /// When the person first showed a code; before that it protects nothing.
    pub confirmed_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
