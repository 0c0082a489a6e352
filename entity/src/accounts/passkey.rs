//! Passkeys: keys on devices of people, with which they sign in (W3C Web Authentication).

use crate::ids::{AccountId, PasskeyId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    pub account_id: AccountId,
    /// What the device calls it, in base64url; unique.
    #[sea_orm(column_type = "Text")]
    pub credential_id: String,
    /// What the person calls it.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The public key and what else is to be held against, as the library writes it.
    #[sea_orm(column_type = "Text")]
    pub credential: String,
    /// How often it signed, as far as it counts; only ever more. Zero where the device does not count.
    pub sign_count: i64,
    pub created_at: DateTimeUtc,
    pub last_used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
