//! Jobs.

use crate::ids::JobId;
use sea_orm::entity::prelude::*;

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// To be done, now or later; also between one attempt and the next.
    #[sea_orm(string_value = "WAITING")]
    Waiting,
    /// A worker is at it and holds its lease.
    #[sea_orm(string_value = "RUNNING")]
    Running,
    /// It succeeded.
    #[sea_orm(string_value = "DONE")]
    Done,
    /// It failed for good, and waits for a person: a dead letter.
    #[sea_orm(string_value = "DEAD")]
    Dead,
    /// A person decided that it will not be done.
    #[sea_orm(string_value = "DISCARDED")]
    Discarded,
}

/// How soon a job is served among those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Priority {
    /// Behind everything that came at the same time.
    #[sea_orm(string_value = "LOW")]
    Low,
    /// In its turn.
    #[sea_orm(string_value = "NORMAL")]
    Normal,
    /// Before what came a little earlier.
    #[sea_orm(string_value = "HIGH")]
    High,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// Jobs of one queue share its workers.
    #[sea_orm(column_type = "Text")]
    pub queue: String,
    /// What is to be done, as the code names it.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The form of the payload.
    pub version: i16,
    /// What it is to be done with.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub state: State,
    pub priority: Priority,
    /// Not before this.
    pub run_at: DateTimeUtc,
    /// Those that may run are served by this, earliest first.
    pub rank_at: DateTimeUtc,
    /// How often a worker began with it since it was last put in line by hand, or came forward.
    pub attempts: i64,
    /// How many of these ended with the worker, which may have died of something else.
    pub losses: i64,
    /// After so many others it is dead.
    pub max_attempts: i64,
    /// At most one job of a kind and such a key waits or runs.
    #[sea_orm(column_type = "Text", nullable)]
    pub unique_key: Option<String>,
    /// Jobs of one such key run one after the other, by their number.
    #[sea_orm(column_type = "Text", nullable)]
    pub order_key: Option<String>,
    pub order_number: Option<i64>,
    /// Of the attempt that runs: whoever holds another id has lost the job.
    pub lease_id: Option<Uuid>,
    /// The worker is taken for dead after this, by the database's clock.
    pub leased_until: Option<DateTimeUtc>,
    /// The worker that has it, or had it last.
    #[sea_orm(column_type = "Text", nullable)]
    pub worker: Option<String>,
    /// How far it is, as it says itself.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub progress: Option<Json>,
    /// Why the last attempt failed.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// The request that asked for it.
    #[sea_orm(column_type = "Text", nullable)]
    pub request_id: Option<String>,
    pub created_at: DateTimeUtc,
    /// When its last attempt began.
    pub started_at: Option<DateTimeUtc>,
    /// When it came to its end, good or bad.
    pub finished_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
