//! How people sign in. Nobody but the person and the server knows it; it is deleted when the account is closed.

use crate::ids::AccountId;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account_login")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// As the person writes it.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// The one form of all that mean the same, unique.
    #[sea_orm(column_type = "Text")]
    pub email_key: String,
    /// When the person showed that mail to it arrives.
    pub email_verified_at: Option<DateTimeUtc>,
    /// In the PHC format, which says how it was made; nothing for who signs in otherwise.
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    pub password_changed_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    #[sea_orm(belongs_to, from = "account_id", to = "id")]
    pub account: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
