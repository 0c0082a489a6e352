//! Tables for the months to come, on PostgreSQL.

use crate::{
    error::Result,
    jobs::{Attempt, Job, Queue},
};
use chrono::Months;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::{Deserialize, Serialize};

/// How many months ahead there is a table: if the job fails for so long, entries land in the default one.
const AHEAD: u32 = 2;

/// Makes the tables of this month and the next ones. Nothing to do on SQLite, which has one table.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct MakePartitions {}

impl Job for MakePartitions {
    const KIND: &'static str = "audit.make_partitions";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let (db, backend) = (attempt.database.write(), attempt.database.backend());
        if backend != DbBackend::Postgres {
            return Ok(());
        }
        let now = attempt.clock.now();
        for month in 0..=AHEAD {
            // A statement each: a new table holds up those who write for as long as its transaction takes.
            let sql = "SELECT audit_make_partition($1)";
            let moment = now + Months::new(month);
            let statement = Statement::from_sql_and_values(backend, sql, [moment.into()]);
            db.execute_raw(statement).await?;
        }
        Ok(())
    }
}
