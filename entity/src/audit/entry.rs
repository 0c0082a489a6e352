//! Entries of the audit log.

use crate::ids::{AccountId, AuditEntryId, SellerId};
use sea_orm::entity::prelude::*;

/// What kind of someone acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ActorKind {
    /// Someone who did not sign in.
    #[sea_orm(string_value = "ANONYMOUS")]
    Anonymous,
    /// Someone who did.
    #[sea_orm(string_value = "PERSON")]
    Person,
    /// Whoever holds the process in hand, by the command line.
    #[sea_orm(string_value = "OPERATOR")]
    Operator,
    /// The server by itself, in a job.
    #[sea_orm(string_value = "SYSTEM")]
    System,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEntryId,
    /// The chain of hashes it stands in.
    pub chain: i16,
    /// Its place in the chain, from 1, without gaps.
    pub sequence: i64,
    /// By the database's clock, and never before the entry before it.
    pub occurred_at: DateTimeUtc,
    pub actor: ActorKind,
    /// Who acted, where someone signed in.
    pub account_id: Option<AccountId>,
    /// Who really sat there, where someone acted for another.
    pub impersonator_id: Option<AccountId>,
    #[sea_orm(column_type = "Text", nullable)]
    pub role: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub ip: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub request_id: Option<String>,
    /// What was done, `product.update`.
    #[sea_orm(column_type = "Text")]
    pub action: String,
    /// To what kind of thing.
    #[sea_orm(column_type = "Text")]
    pub entity_type: String,
    /// To which: a UUID, or the name of what has none.
    #[sea_orm(column_type = "Text")]
    pub entity_id: String,
    /// The shop it belongs to.
    pub seller_id: Option<SellerId>,
    /// The changed fields as they were: a JSON object as text, since the hash is over these very bytes.
    #[sea_orm(column_type = "Text")]
    pub before: String,
    /// The changed fields as they became, likewise.
    #[sea_orm(column_type = "Text")]
    pub after: String,
    /// The hash of the entry before it in the chain; of the first, nothing.
    #[sea_orm(column_type = "Text")]
    pub previous_hash: String,
    /// SHA-256 over all of the above, in hexadecimal.
    #[sea_orm(column_type = "Text")]
    pub hash: String,
}

impl ActiveModelBehavior for ActiveModel {}
