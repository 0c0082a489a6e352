//! Jobs and queues, as the API shows them to admins.

use super::{JobFilter as Filter, JobRow, Priority, QueueStatus, State};
use crate::{
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::{decode, encode},
        paging::PageArguments,
        scalars::Json,
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
    steering,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::JobId;
use std::sync::Arc;

/// Where a job is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum JobState {
    /// To be done, now or later; also between one attempt and the next.
    Waiting,
    /// A worker is at it.
    Running,
    /// It succeeded.
    Done,
    /// It failed for good, and waits for a person to retry or discard it.
    Dead,
    /// A person decided that it will not be done.
    Discarded,
}

/// How soon a job is served among those that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Priority")]
pub(crate) enum JobPriority {
    /// Behind everything that came at the same time.
    Low,
    /// In its turn.
    Normal,
    /// Before what came a little earlier.
    High,
}

/// Which jobs are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct JobFilter {
    /// Of this queue.
    queue: Option<String>,
    /// Of this kind.
    kind: Option<String>,
    /// In any of these states.
    #[graphql(validator(max_items = 5))]
    states: Option<Vec<JobState>>,
}

impl From<JobFilter> for Filter {
    fn from(filter: JobFilter) -> Self {
        Self {
            queue: filter.queue,
            kind: filter.kind,
            states: filter
                .states
                .map(|states| states.into_iter().map(State::from).collect()),
        }
    }
}

/// A piece of work that is done later.
pub(crate) struct Job(Arc<JobRow>);

impl From<Arc<JobRow>> for Job {
    fn from(row: Arc<JobRow>) -> Self {
        Self(row)
    }
}

/// A piece of work that is done later.
#[Object]
impl Job {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// The queue in which it waits: jobs of one queue share its workers.
    async fn queue(&self) -> &str {
        &self.0.queue
    }

    /// What is to be done.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// What it is to be done with.
    async fn payload(&self) -> Json {
        Json(self.0.payload.clone())
    }

    /// Where it is in its life.
    async fn state(&self) -> JobState {
        self.0.state.into()
    }

    /// How soon it is served.
    async fn priority(&self) -> JobPriority {
        self.0.priority.into()
    }

    /// How often it was begun.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// How many of these ended with the worker, which may have died of something else: they are counted apart.
    async fn losses(&self) -> i64 {
        self.0.losses
    }

    /// After so many failed attempts it is dead.
    async fn max_attempts(&self) -> i64 {
        self.0.max_attempts
    }

    /// It is not begun before this.
    async fn run_at(&self) -> DateTime<Utc> {
        self.0.run_at
    }

    /// How far it is, as it says itself.
    async fn progress(&self) -> Option<Json> {
        self.0.progress.clone().map(Json)
    }

    /// Why its last attempt failed.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// The worker that has it, or had it last.
    async fn worker(&self) -> Option<&str> {
        self.0.worker.as_deref()
    }

    /// The request that asked for it.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When its last attempt began.
    async fn started_at(&self) -> Option<DateTime<Utc>> {
        self.0.started_at
    }

    /// When it came to its end, good or bad.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }
}

/// A queue of jobs.
pub(crate) struct Queue(QueueStatus);

/// A queue of jobs.
#[Object]
impl Queue {
    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Since when none of its jobs is begun; nothing where it is not paused.
    async fn paused_at(&self) -> Option<DateTime<Utc>> {
        self.0.paused_at
    }

    /// How many jobs wait, those for later included.
    async fn waiting(&self) -> i64 {
        self.0.waiting
    }

    /// How many jobs run.
    async fn running(&self) -> i64 {
        self.0.running
    }

    /// How many jobs failed for good and wait for a person.
    async fn dead(&self) -> i64 {
        self.0.dead
    }

    /// For how many seconds the job that is due for longest has been due.
    async fn oldest_seconds(&self) -> f64 {
        self.0.oldest_seconds
    }
}

#[derive(Default)]
pub(crate) struct JobQueries;

#[Object]
impl JobQueries {
    /// The job with this id. For admins.
    async fn job(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the job.")] id: ID,
    ) -> Option<Result<Job>> {
        Some(async { Ok(super::job(caller(ctx), decode(&id, "id")?).await?.into()) }.await)
    }

    /// Jobs, newest first. For admins.
    async fn jobs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<JobFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Job>> {
        let filter = Filter::from(filter.unwrap_or_default());
        let order = super::order(true);
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let caller = caller(ctx);
        let slice = super::list(caller, &filter, &order, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { super::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }

    /// The queues of jobs, by name; there are only a few. For admins.
    async fn queues(&self, ctx: &Context<'_>) -> Result<Vec<Queue>> {
        let queues = super::queues(caller(ctx)).await?;
        Ok(queues.into_iter().map(Queue).collect())
    }
}

/// Which job is retried.
#[derive(InputObject)]
pub(crate) struct JobRetryInput {
    /// The job.
    id: ID,
}

/// Which job is discarded.
#[derive(InputObject)]
pub(crate) struct JobDiscardInput {
    /// The job.
    id: ID,
}

/// Which queue is paused.
#[derive(InputObject)]
pub(crate) struct QueuePauseInput {
    /// The queue's name.
    name: String,
}

/// Which queue is resumed.
#[derive(InputObject)]
pub(crate) struct QueueResumeInput {
    /// The queue's name.
    name: String,
}

/// What became of a job.
#[derive(SimpleObject)]
pub(crate) struct JobPayload {
    /// The job as it is now; nothing where it was not changed.
    job: Option<Job>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

/// What became of a queue.
#[derive(SimpleObject)]
pub(crate) struct QueuePayload {
    /// The queue as it is now; nothing where it was not changed.
    queue: Option<Queue>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct JobMutations;

#[Object]
impl JobMutations {
    /// Has a job that failed, was discarded or waits done as if it were new, at once. For admins.
    async fn job_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job is retried.")] input: JobRetryInput,
    ) -> Result<JobPayload> {
        let (caller, id) = (caller(ctx), decode(&input.id, "input.id")?);
        caller.require(Permission::JobsSteer)?;
        let done = once(ctx, async |tx| steering::job_retry(caller, tx, id).await).await;
        job_payload(ctx, id, done).await
    }

    /// Has a job not done any more. One that runs is stopped within seconds, and nothing it writes after that counts. For
    /// admins.
    async fn job_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which job is discarded.")] input: JobDiscardInput,
    ) -> Result<JobPayload> {
        let (caller, id) = (caller(ctx), decode(&input.id, "input.id")?);
        caller.require(Permission::JobsSteer)?;
        let done = once(ctx, async |tx| steering::job_discard(caller, tx, id).await).await;
        job_payload(ctx, id, done).await
    }

    /// Has no job of a queue begun until it is resumed; those that run go on. For admins.
    async fn queue_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue is paused.")] input: QueuePauseInput,
    ) -> Result<QueuePayload> {
        let (caller, name) = (caller(ctx), &input.name);
        caller.require(Permission::JobsSteer)?;
        let done = once(ctx, async |tx| {
            steering::queue_pause(caller, tx, name).await
        })
        .await;
        queue_payload(ctx, name, done).await
    }

    /// Has the jobs of a queue begun again. For admins.
    async fn queue_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which queue is resumed.")] input: QueueResumeInput,
    ) -> Result<QueuePayload> {
        let (caller, name) = (caller(ctx), &input.name);
        caller.require(Permission::JobsSteer)?;
        let done = once(ctx, async |tx| {
            steering::queue_resume(caller, tx, name).await
        })
        .await;
        queue_payload(ctx, name, done).await
    }
}

async fn job_payload(ctx: &Context<'_>, id: JobId, done: Result<()>) -> Result<JobPayload> {
    let (done, user_errors) = or_user_errors(done, "id")?;
    let job = match done {
        Some(()) => Some(super::job(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(JobPayload { job, user_errors })
}

async fn queue_payload(ctx: &Context<'_>, name: &str, done: Result<()>) -> Result<QueuePayload> {
    let (done, user_errors) = or_user_errors(done, "name")?;
    let queue = match done {
        Some(()) => {
            let queues = super::queues(caller(ctx)).await?;
            let queue = queues.into_iter().find(|queue| queue.name == name);
            Some(Queue(queue.ok_or(Error::NotFound("queue"))?))
        }
        None => None,
    };
    Ok(QueuePayload { queue, user_errors })
}
