//! Sessions: from signing in to signing out, on one device. All refresh tokens of one are a family.

use crate::ids::{AccountId, SessionId};
use sea_orm::entity::prelude::*;

/// Why a session is over before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EndReason {
    /// The person ended it.
    #[sea_orm(string_value = "SIGNED_OUT")]
    SignedOut,
    /// A refresh token came again after it was used: someone has stolen one.
    #[sea_orm(string_value = "REUSE")]
    Reuse,
    /// The password was changed elsewhere.
    #[sea_orm(string_value = "PASSWORD_CHANGED")]
    PasswordChanged,
    /// The account was locked.
    #[sea_orm(string_value = "SUSPENDED")]
    Suspended,
    /// The account was closed.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub account_id: AccountId,
    /// What the device says of itself, cut short.
    #[sea_orm(column_type = "Text")]
    pub user_agent: String,
    /// The address it signed in from.
    #[sea_orm(column_type = "Text")]
    pub ip: String,
    pub created_at: DateTimeUtc,
    pub last_used_at: DateTimeUtc,
    /// Over when it is not used until then.
    pub idle_until: DateTimeUtc,
    /// Over then, however much it is used.
    pub expires_at: DateTimeUtc,
    /// When the person last showed a second factor.
    pub stepped_up_at: Option<DateTimeUtc>,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<EndReason>,
}

impl ActiveModelBehavior for ActiveModel {}
