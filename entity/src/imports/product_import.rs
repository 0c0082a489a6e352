//! Files that sellers import.

use crate::ids::{AccountId, ProductImportId, SellerId};
use sea_orm::entity::prelude::*;

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Its file is to be sent.
    #[sea_orm(string_value = "AWAITING_FILE")]
    AwaitingFile,
    /// Its file is being sent.
    #[sea_orm(string_value = "UPLOADING")]
    Uploading,
    /// Its file is there, and a worker will begin.
    #[sea_orm(string_value = "WAITING")]
    Waiting,
    /// A worker is at it.
    #[sea_orm(string_value = "RUNNING")]
    Running,
    /// It came to its end.
    #[sea_orm(string_value = "DONE")]
    Done,
    /// It ended before, for the reason given.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductImportId,
    pub seller_id: SellerId,
    /// Who began it.
    pub account_id: AccountId,
    pub state: State,
    /// Prices with more decimals than their currency has are rounded rather than refused.
    pub round_prices: bool,
    /// How large the file is, as it was sent.
    pub bytes: i64,
    /// What was done so far: JSON, written by the job.
    #[sea_orm(column_type = "Text")]
    pub progress: String,
    /// Why it ended before its time.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
