//! The table of jobs, as workers use it: each function is one statement, and takes nothing from anyone who holds a lease.

mod claim;
mod extend;
mod fail;
mod finish;
mod progress;

pub(super) use claim::{Claim, Claimed, claim, queues_with_work};
pub(super) use extend::{Lost, extend, lost, release};
pub(super) use fail::{Failure, Outcome, fail};
pub(super) use finish::{finish, finish_one};
pub(super) use progress::{came_forward, hold, report};

use crate::{
    error::{Error, Result},
    platform::database::lists,
};
use entity::ids::JobId;
use sea_orm::{DbBackend, QueryResult, Value};
use uuid::Uuid;

/// The right to write about a job: it ends when the lease does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::jobs) struct Lease {
    pub(in crate::jobs) job: JobId,
    pub(in crate::jobs) id: Uuid,
}

/// What is said where a lease was lost.
fn lease_lost() -> Error {
    Error::Conflict("The job's lease is lost: another attempt may be under way.".to_owned())
}

/// Leases as bound values, `$1` and, on PostgreSQL, `$2`.
fn bound(backend: DbBackend, leases: &[Lease]) -> Vec<Value> {
    let jobs: Vec<Uuid> = leases.iter().map(|lease| lease.job.0).collect();
    let ids: Vec<Uuid> = leases.iter().map(|lease| lease.id).collect();
    if backend == DbBackend::Postgres {
        return vec![lists::of_ids(backend, &jobs), lists::of_ids(backend, &ids)];
    }
    let text = |id: &Uuid| id.simple().to_string();
    let pairs = jobs.iter().zip(&ids).map(|(job, id)| [text(job), text(id)]);
    vec![
        serde_json::json!(pairs.collect::<Vec<_>>())
            .to_string()
            .into(),
    ]
}

/// SQL of a table `held (job, lease)` of the leases that [`bound`] binds.
fn held(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => {
            "unnest((SELECT $1::uuid[]), (SELECT $2::uuid[])) AS held (job, lease)"
        }
        _ => {
            "(SELECT unhex(value ->> 0) AS job, unhex(value ->> 1) AS lease FROM json_each($1)) AS held"
        }
    }
}

/// The jobs that a statement returned as `id`.
fn jobs(rows: &[QueryResult]) -> Result<Vec<JobId>> {
    rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
