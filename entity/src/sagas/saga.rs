//! Sagas.

use crate::ids::{AccountId, SagaId};
use sea_orm::entity::prelude::*;

/// How far a saga is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Its steps are done one after the other.
    #[sea_orm(string_value = "RUNNING")]
    Running,
    /// What was done is undone, the last first.
    #[sea_orm(string_value = "COMPENSATING")]
    Compensating,
    /// All of its steps are done.
    #[sea_orm(string_value = "DONE")]
    Done,
    /// It failed, and all is undone.
    #[sea_orm(string_value = "COMPENSATED")]
    Compensated,
    /// A step failed again and again, and a person is to decide.
    #[sea_orm(string_value = "STUCK")]
    Stuck,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saga")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SagaId,
    /// Which steps it has, as the code names it.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The form of the input.
    pub form: i16,
    /// Raised by everything that happens to it: whoever knows an older one may not write.
    pub version: i64,
    pub state: State,
    /// What it is done with: ids and facts.
    #[sea_orm(column_type = "JsonBinary")]
    pub input: Json,
    /// The step that is done or undone, or was last.
    #[sea_orm(column_type = "Text")]
    pub step: String,
    /// What it is about.
    pub subject_id: Uuid,
    pub customer_id: Option<AccountId>,
    /// Why it is undone.
    #[sea_orm(column_type = "Text", nullable)]
    pub reason: Option<String>,
    /// Why it is to be undone, said from outside.
    #[sea_orm(column_type = "Text", nullable)]
    pub cancel_reason: Option<String>,
    /// Why its last step failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// How often it was told to look again.
    pub wakes: i64,
    /// When it looks again by itself.
    pub wake_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
