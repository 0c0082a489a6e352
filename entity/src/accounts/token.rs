//! Tokens that are sent by mail, each good for one use.

use crate::ids::AccountId;
use sea_orm::entity::prelude::*;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Purpose {
    /// Showing that mail arrives.
    #[sea_orm(string_value = "VERIFY_EMAIL")]
    VerifyEmail,
    /// The same for an address that shall take the place of another.
    #[sea_orm(string_value = "CHANGE_EMAIL")]
    ChangeEmail,
    /// Choosing a new password without the old one.
    #[sea_orm(string_value = "RESET_PASSWORD")]
    ResetPassword,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_token")]
pub struct Model {
    /// SHA-256 of the token, in hexadecimal digits: who reads the table cannot use it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub hash: String,
    pub account_id: AccountId,
    pub purpose: Purpose,
    /// The address it was sent to.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
