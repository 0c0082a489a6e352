//! Finding jobs and queues. Only admins see any.

use super::{JobRow, Queue, State};
use crate::{
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::{
        database::time,
        keys,
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
    },
};
use chrono::{DateTime, Utc};
use entity::ids::JobId;
use entity::jobs::job::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryTrait,
    Select, Statement,
    sea_query::{Expr, SelectStatement},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Which jobs are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct JobFilter {
    pub(crate) queue: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) states: Option<Vec<State>>,
}

/// The order of jobs: by the time they were asked for.
pub(crate) fn order(descending: bool) -> Order<JobRow> {
    Order {
        name: "jobs by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// The jobs that `caller` may see.
fn visible_to(caller: &Caller) -> Result<Select<Entity>> {
    caller.require(Permission::JobsRead)?;
    Ok(Entity::find())
}

fn filtered(caller: &Caller, filter: &JobFilter) -> Result<SelectStatement> {
    let mut jobs = visible_to(caller)?;
    if let Some(queue) = &filter.queue {
        jobs = jobs.filter(Column::Queue.eq(queue));
    }
    if let Some(kind) = &filter.kind {
        jobs = jobs.filter(Column::Kind.eq(kind));
    }
    if let Some(states) = &filter.states {
        jobs = jobs.filter(Column::State.is_in(states.iter().copied()));
    }
    Ok(jobs.into_query())
}

/// A page of jobs.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins.
pub(crate) async fn list(
    caller: &Caller,
    filter: &JobFilter,
    order: &Order<JobRow>,
    page: &Page,
) -> Result<Slice<JobRow>> {
    // Whoever steers jobs wants to see what became of them at once, which a replica would not show.
    keyset::fetch(
        caller.database.write(),
        filtered(caller, filter)?,
        order,
        page,
    )
    .await
}

/// How many jobs there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins.
pub(crate) async fn count(caller: &Caller, filter: &JobFilter) -> Result<u64> {
    keyset::count(caller.database.write(), filtered(caller, filter)?).await
}

/// The job with this id.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins; `NotFound`.
pub(crate) async fn job(caller: &Caller, id: JobId) -> Result<Arc<JobRow>> {
    let found = visible_to(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("job"))
}

/// The jobs with these ids; for anyone but admins there are none.
pub(crate) async fn by_ids(caller: Caller, ids: Vec<JobId>) -> Result<HashMap<JobId, Arc<JobRow>>> {
    let Ok(visible) = visible_to(&caller) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((Entity, Column::Id));
    let rows = visible
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .all(caller.database.write())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// A queue, and how much is in it.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct QueueStatus {
    pub(crate) name: String,
    pub(crate) paused_at: Option<DateTime<Utc>>,
    /// Jobs that wait, those for later included.
    pub(crate) waiting: i64,
    pub(crate) running: i64,
    pub(crate) dead: i64,
    /// For how many seconds the job that is due for longest has been due.
    pub(crate) oldest_seconds: f64,
}

/// All queues, by name.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but admins.
pub(crate) async fn queues(caller: &Caller) -> Result<Vec<QueueStatus>> {
    caller.require(Permission::JobsRead)?;
    statuses(caller.database.write()).await
}

/// The same, for the server itself.
pub(super) async fn statuses(db: &impl ConnectionTrait) -> Result<Vec<QueueStatus>> {
    let backend = db.get_database_backend();
    let now = time::now(backend);
    let age = match backend {
        DbBackend::Postgres => {
            format!("CAST(extract(epoch FROM {now} - due.since) AS double precision)")
        }
        _ => format!("(julianday({now}) - julianday(due.since)) * 86400.0"),
    };
    // A count per state walks that state's own index.
    let count = |state: &str| {
        format!("(SELECT count(*) FROM job WHERE queue = known.name AND state = '{state}')")
    };
    let sql = format!(
        "SELECT known.name, q.paused_at, {} AS waiting, {} AS running, {} AS dead, coalesce({age}, 0.0) AS oldest_seconds \
         FROM (SELECT DISTINCT queue AS name FROM job WHERE state IN ('WAITING', 'RUNNING', 'DEAD') \
               UNION SELECT name FROM job_queue) AS known \
         LEFT JOIN job_queue q ON q.name = known.name \
         LEFT JOIN (SELECT queue, min(run_at) AS since FROM job WHERE state = 'WAITING' AND run_at <= {now} \
                    GROUP BY queue) AS due ON due.queue = known.name \
         LIMIT 100",
        count("WAITING"),
        count("RUNNING"),
        count("DEAD"),
    );
    let statement = Statement::from_string(backend, sql);
    let mut queues = QueueStatus::find_by_statement(statement).all(db).await?;
    for Queue { name, .. } in Queue::ALL {
        if queues.iter().all(|queue| queue.name != name) {
            queues.push(QueueStatus::empty(name));
        }
    }
    queues.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(queues)
}

impl QueueStatus {
    fn empty(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            paused_at: None,
            waiting: 0,
            running: 0,
            dead: 0,
            oldest_seconds: 0.0,
        }
    }
}
