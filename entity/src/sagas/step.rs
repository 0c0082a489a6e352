//! Steps of sagas that were begun.

use crate::ids::SagaId;
use sea_orm::entity::prelude::*;

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It was begun, and what came of it is not known yet.
    #[sea_orm(string_value = "RUNNING")]
    Running,
    /// It waits for something outside.
    #[sea_orm(string_value = "WAITING")]
    Waiting,
    /// It is done.
    #[sea_orm(string_value = "DONE")]
    Done,
    /// It failed for good.
    #[sea_orm(string_value = "FAILED")]
    Failed,
    /// It is being undone.
    #[sea_orm(string_value = "UNDOING")]
    Undoing,
    /// It is undone.
    #[sea_orm(string_value = "UNDONE")]
    Undone,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saga_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub saga_id: SagaId,
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub name: String,
    /// Its place among the steps.
    pub position: i16,
    pub state: State,
    /// How often it was begun.
    pub attempts: i64,
    /// How often it failed since it last came forward.
    pub failures: i64,
    /// What came of it, for later steps.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub output: Option<Json>,
    /// Why it failed last.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// How often undoing it was begun.
    pub undo_attempts: i64,
    /// Why undoing it failed last.
    #[sea_orm(column_type = "Text", nullable)]
    pub undo_error: Option<String>,
    pub started_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub undone_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
