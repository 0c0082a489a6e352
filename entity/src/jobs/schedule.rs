//! When jobs that come round are due next.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_schedule")]
pub struct Model {
    /// The kind of the job.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// The cron pattern by which `next_at` was found.
    #[sea_orm(column_type = "Text")]
    pub pattern: String,
    pub next_at: DateTimeUtc,
    pub last_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
