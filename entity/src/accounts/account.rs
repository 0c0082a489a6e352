//! People, as far as others may know them.

use crate::{ids::AccountId, role::Role};
use sea_orm::entity::prelude::*;

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// It may.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// The marketplace has locked it.
    #[sea_orm(string_value = "SUSPENDED")]
    Suspended,
    /// Its person has closed it.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// What the public sees beside a review.
    #[sea_orm(column_type = "Text")]
    pub display_name: String,
    pub role: Role,
    pub status: Status,
    /// Counts the edits, for optimistic locking.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
