//! Sagas, as the API shows them to support, and lets admins steer them.

use super::{Resolution, SagaFilter as Filter, SagaRow, State, StepRow, StepState};
use crate::{
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        eager::EagerList,
        idempotent::once,
        ids::{decode, encode, uuid_of},
        paging::PageArguments,
        scalars::Json,
        user_errors::{UserError, or_user_errors},
    },
    permissions::Permission,
    platform::keyset::Slice,
    steering,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::SagaId;
use std::sync::Arc;

/// How far a saga is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum SagaState {
    /// Its steps are done one after the other.
    Running,
    /// What was done is undone, the last first.
    Compensating,
    /// All of its steps are done.
    Done,
    /// It failed, and all is undone.
    Compensated,
    /// A step failed again and again, and a person is to decide.
    Stuck,
}

/// How far a step of a saga is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "StepState")]
pub(crate) enum SagaStepState {
    /// It was begun, and what came of it is not known yet.
    Running,
    /// It waits for something outside.
    Waiting,
    /// It is done.
    Done,
    /// It failed for good.
    Failed,
    /// It is being undone.
    Undoing,
    /// It is undone.
    Undone,
}

/// What somebody has found out about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SagaStepOutcome {
    /// It is done.
    Done,
    /// It cannot be done: everything is undone.
    Failed,
    /// It is undone.
    Undone,
}

/// Which sagas are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default, InputObject)]
pub(crate) struct SagaFilter {
    /// Of this kind.
    kind: Option<String>,
    /// In any of these states.
    #[graphql(validator(max_items = 5))]
    states: Option<Vec<SagaState>>,
    /// About the thing with this global id.
    subject_id: Option<ID>,
}

impl SagaFilter {
    fn read(self) -> Result<Filter> {
        let subject = self.subject_id.map(|id| {
            uuid_of(&id).ok_or_else(|| {
                Error::invalid(
                    "filter.subjectId",
                    "This is no id. Pass one as the API gave it out.",
                )
            })
        });
        Ok(Filter {
            kind: self.kind,
            states: self
                .states
                .map(|states| states.into_iter().map(State::from).collect()),
            subject: subject.transpose()?,
        })
    }
}

/// A saga with its steps.
pub(crate) struct Told {
    row: SagaRow,
    steps: Vec<StepRow>,
}

/// A piece of work in steps that crosses networks, is never left half done, and can be undone.
pub(crate) struct Saga(Arc<Told>);

impl From<Arc<Told>> for Saga {
    fn from(told: Arc<Told>) -> Self {
        Self(told)
    }
}

/// A piece of work in steps that crosses networks, is never left half done, and can be undone.
#[Object]
impl Saga {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.row.id)
    }

    /// Which steps it has.
    async fn kind(&self) -> &str {
        &self.0.row.kind
    }

    /// How far it is.
    async fn state(&self) -> SagaState {
        self.0.row.state.into()
    }

    /// The step that is done or undone, or was last.
    async fn current_step(&self) -> &str {
        &self.0.row.step
    }

    /// What it is done with.
    async fn input(&self) -> Json {
        Json(self.0.row.input.clone())
    }

    /// The UUID of what it is about, which is inside of the thing's global id.
    async fn subject(&self) -> String {
        self.0.row.subject_id.to_string()
    }

    /// The account whose it is, if anyone's.
    async fn customer_id(&self) -> Option<ID> {
        self.0.row.customer_id.map(encode)
    }

    /// Why it is undone.
    async fn reason(&self) -> Option<&str> {
        self.0.row.reason.as_deref()
    }

    /// Why its last step failed.
    async fn error(&self) -> Option<&str> {
        self.0.row.error.as_deref()
    }

    /// When it looks again by itself.
    async fn wake_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.wake_at
    }

    /// Its steps that were begun, in their order; at most 32.
    async fn steps(&self) -> EagerList<SagaStep> {
        let steps = self.0.steps.iter().cloned().map(SagaStep);
        EagerList(steps.collect())
    }

    /// When it was started.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// When it last went on.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.row.updated_at
    }

    /// When it came to its end, good or bad.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.row.ended_at
    }
}

/// A step of a saga that was begun.
pub(crate) struct SagaStep(StepRow);

/// A step of a saga that was begun.
#[Object]
impl SagaStep {
    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How far it is.
    async fn state(&self) -> SagaStepState {
        self.0.state.into()
    }

    /// How often it was begun.
    async fn attempts(&self) -> i64 {
        self.0.attempts
    }

    /// What it left for later steps.
    async fn output(&self) -> Option<Json> {
        self.0.output.clone().map(Json)
    }

    /// Why it failed last.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// How often undoing it was begun.
    async fn undo_attempts(&self) -> i64 {
        self.0.undo_attempts
    }

    /// Why undoing it failed last.
    async fn undo_error(&self) -> Option<&str> {
        self.0.undo_error.as_deref()
    }

    /// When it was last begun.
    async fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// When it was done, or failed for good.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// When it was undone.
    async fn undone_at(&self) -> Option<DateTime<Utc>> {
        self.0.undone_at
    }
}

/// The saga as `caller` may see it, with its steps.
///
/// # Errors
/// As [`super::by_id`].
pub(crate) async fn told(ctx: &Context<'_>, id: SagaId) -> Result<Saga> {
    let caller = caller(ctx);
    let row = super::by_id(caller, id).await?;
    let steps = super::steps_of(caller, &[id]).await?.remove(&id);
    let steps = steps.unwrap_or_default();
    Ok(Saga(Arc::new(Told { row, steps })))
}

#[derive(Default)]
pub(crate) struct SagaQueries;

#[Object]
impl SagaQueries {
    /// The saga with this id. For support and admins.
    async fn saga(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the saga.")] id: ID,
    ) -> Option<Result<Saga>> {
        Some(async { told(ctx, decode(&id, "id")?).await }.await)
    }

    /// Sagas, newest first. For support and admins.
    async fn sagas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if left out.")] filter: Option<SagaFilter>,
        #[graphql(desc = "At most so many, from the start; 20 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor behind which the page starts.")] after: Option<String>,
        #[graphql(desc = "At most so many, from the end.")] last: Option<i32>,
        #[graphql(desc = "The cursor at which the page ends.")] before: Option<String>,
    ) -> Result<Connection<Saga>> {
        let (caller, order) = (caller(ctx), super::order());
        caller.require(Permission::SagasRead)?;
        let filter = filter.unwrap_or_default().read()?;
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let slice = super::list(caller, &filter, &page).await?;
        let ids: Vec<_> = slice.rows.iter().map(|(_, row)| row.id).collect();
        let mut steps = super::steps_of(caller, &ids).await?;
        let rows = slice.rows.into_iter().map(|(cursor, row)| {
            let steps = steps.remove(&row.id).unwrap_or_default();
            let row = Arc::unwrap_or_clone(row);
            (cursor, Arc::new(Told { row, steps }))
        });
        let slice = Slice {
            rows: rows.collect(),
            has_next: slice.has_next,
            has_previous: slice.has_previous,
        };
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let (caller, filter) = (caller.clone(), filter.clone());
            Box::pin(async move { super::count(&caller, &filter).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }
}

/// Which saga goes on, and why.
#[derive(InputObject)]
pub(crate) struct SagaRetryInput {
    /// The saga.
    id: ID,
    /// Why, for the audit log; 1 to 500 characters.
    reason: String,
}

/// What somebody has found out about the step at which a saga is.
#[derive(InputObject)]
pub(crate) struct SagaResolveInput {
    /// The saga.
    id: ID,
    /// The name of the step at which it is.
    step: String,
    /// What came of the step.
    outcome: SagaStepOutcome,
    /// What it leaves for later steps, where it is done.
    output: Option<Json>,
    /// How that is known, for the audit log; 1 to 500 characters.
    reason: String,
}

/// What became of a saga.
#[derive(SimpleObject)]
pub(crate) struct SagaPayload {
    /// The saga as it is now; nothing where it was not changed.
    saga: Option<Saga>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct SagaMutations;

#[Object]
impl SagaMutations {
    /// Has a saga go on at once: one that is stuck as if its step had not failed yet, any other without waiting. For admins.
    async fn saga_retry(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which saga goes on, and why.")] input: SagaRetryInput,
    ) -> Result<SagaPayload> {
        let (caller, id) = (caller(ctx), decode(&input.id, "input.id")?);
        caller.require(Permission::SagasSteer)?;
        let reason = &input.reason;
        let done = once(ctx, async |tx| {
            steering::saga_retry(caller, tx, id, reason).await
        })
        .await;
        payload(ctx, id, done).await
    }

    /// Has a saga go on as if the step at which it is had come to this outcome, which somebody has found out. For admins.
    async fn saga_resolve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What somebody has found out about the step at which a saga is.")]
        input: SagaResolveInput,
    ) -> Result<SagaPayload> {
        let (caller, id) = (caller(ctx), decode(&input.id, "input.id")?);
        caller.require(Permission::SagasSteer)?;
        let resolution = match input.outcome {
            SagaStepOutcome::Done => {
                Resolution::Done(input.output.map_or(serde_json::Value::Null, |json| json.0))
            }
            SagaStepOutcome::Failed => Resolution::Failed,
            SagaStepOutcome::Undone => Resolution::Undone,
        };
        let (step, reason) = (&input.step, &input.reason);
        let done = once(ctx, async |tx| {
            steering::saga_resolve(caller, tx, id, step, &resolution, reason).await
        })
        .await;
        payload(ctx, id, done).await
    }
}

async fn payload(ctx: &Context<'_>, id: SagaId, done: Result<()>) -> Result<SagaPayload> {
    let (done, user_errors) = or_user_errors(done, "id")?;
    let saga = match done {
        Some(()) => Some(told(ctx, id).await?),
        None => None,
    };
    Ok(SagaPayload { saga, user_errors })
}
