//! Sign-ins that wait for a second factor.

use crate::ids::AccountId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_challenge")]
pub struct Model {
    /// SHA-256 of the challenge, in hexadecimal digits: who reads the table cannot use it.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub hash: String,
    pub account_id: AccountId,
    /// The password is the one that was shown, as long as the account says the same.
    pub password_changed_at: Option<DateTimeUtc>,
    /// How often a factor was shown, right or wrong.
    pub tries: i16,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
