//! What was decided about queues; one that nothing was decided about has no row.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_queue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// Since when no job of it is begun.
    pub paused_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
