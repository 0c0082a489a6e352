//! `explainCost`: what a document would cost, and why.

use super::{
    charge::purses,
    paths::CostlyPath,
    throttle::{name, setting},
};
use crate::{
    error::Error,
    graphql::{caller, engine::Engine, present_errors::shortened, scalars::Json},
    platform::rate_limits::Level,
};
use async_graphql::{Context, Object, Request, ServerError, SimpleObject, Variables};
use std::sync::{
    Arc, Weak,
    atomic::{AtomicBool, Ordering},
};

/// How many paths are named.
const MOST_PATHS: usize = 10;

/// A request's way to the engine that runs it, for one explanation: many in one request would be read and validated for the price of
/// sending them once.
pub(in crate::graphql) struct Explainer {
    engine: Weak<Engine>,
    is_spent: AtomicBool,
}

impl Explainer {
    pub(in crate::graphql) fn new(engine: &Weak<Engine>) -> Self {
        Self {
            engine: Weak::clone(engine),
            is_spent: AtomicBool::new(false),
        }
    }

    /// The engine, the first time.
    fn engine(&self) -> Result<Arc<Engine>, Error> {
        if self.is_spent.swap(true, Ordering::Relaxed) {
            return Err(Error::invalid(
                "document",
                "One document is explained in a request. Send the others in requests of their own.",
            ));
        }
        let engine = self.engine.upgrade();
        engine.ok_or_else(|| Error::internal(anyhow::anyhow!("the engine is gone")))
    }
}

/// What an operation may cost, and why.
#[derive(SimpleObject)]
pub(crate) struct CostExplanation {
    /// The points that are taken before it runs. What it did not cost is given back after.
    requested: i32,
    /// Whether the buckets ever hold so much: otherwise it is always refused.
    is_payable: bool,
    /// The buckets that it would be paid from by whoever asks: the account's and the address's. None for whoever pays nothing.
    buckets: Vec<CostBucket>,
    /// The fields that cost most, at most ten, the dearest first.
    paths: Vec<CostPath>,
}

/// What operations are paid from.
#[derive(SimpleObject)]
pub(crate) struct CostBucket {
    /// Whose it is: "account" or "address".
    name: &'static str,
    /// How many points it holds.
    maximum: i32,
    /// How many come back in a second.
    restore_rate: i32,
    /// The setting that says how many it holds.
    setting: &'static str,
}

/// A field of an operation, and what it costs without what is selected below it.
#[derive(SimpleObject)]
pub(crate) struct CostPath {
    /// Where it is in the answer, for example "products.nodes.reviews".
    path: String,
    /// Its points, all times together.
    cost: i32,
    /// How often it may be in the answer.
    times: i32,
    /// What one costs, and what multiplies it.
    why: String,
}

#[derive(Default)]
pub(crate) struct CostQueries;

#[Object]
impl CostQueries {
    /// What a document would cost, and why. It is read and validated as if it were sent, with the same errors, and it is not run.
    async fn explain_cost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A GraphQL document.")] document: String,
        #[graphql(desc = "The values of its variables, by name.")] variables: Option<Json>,
        #[graphql(desc = "Which of its operations is meant, where it has several.")]
        operation_name: Option<String>,
    ) -> async_graphql::Result<CostExplanation> {
        let engine = ctx.data::<Explainer>()?.engine()?;
        let variables = match variables.map(|Json(variables)| variables) {
            None | Some(serde_json::Value::Null) => Variables::default(),
            Some(object @ serde_json::Value::Object(_)) => Variables::from_json(object),
            Some(_) => return Err(Error::invalid("variables", "Pass an object.").into()),
        };
        let mut request = Request::new(document).variables(variables.clone());
        request.operation_name = operation_name.filter(|name| !name.is_empty());
        let explained = Box::pin(engine.explain(request)).await;
        let (plan, requested) = explained.map_err(|errors| why_not(&errors))?;
        let paths = plan.dearest_paths(&variables, MOST_PATHS);
        let caller = caller(ctx);
        let purses = purses(caller);
        let named: Vec<_> = purses.iter().map(|(limit, key)| (*limit, &**key)).collect();
        let buckets = caller.rate_limits.full(&named);
        Ok(CostExplanation {
            requested: int(requested.points),
            is_payable: buckets
                .iter()
                .all(|bucket| requested.points <= bucket.maximum),
            buckets: buckets.iter().map(CostBucket::from).collect(),
            paths: paths.iter().map(CostPath::from).collect(),
        })
    }
}

impl From<&Level> for CostBucket {
    fn from(level: &Level) -> Self {
        Self {
            name: name(level.limit),
            maximum: int(level.maximum),
            restore_rate: int(level.restore_per_second()),
            setting: setting(level.limit),
        }
    }
}

impl From<&CostlyPath> for CostPath {
    fn from(costly: &CostlyPath) -> Self {
        Self {
            why: costly.why(),
            path: costly.path.clone(),
            cost: int(costly.cost),
            times: int(costly.times),
        }
    }
}

/// What keeps the document from being run, as an error of the field. What the library says of it would otherwise be taken for a
/// fault of ours.
fn why_not(errors: &[ServerError]) -> async_graphql::Error {
    let Some(error) = errors.first() else {
        return Error::invalid("document", "It cannot be run.").into();
    };
    let mut shown = async_graphql::Error::new(error.message.clone());
    if error.source.is_some() {
        shown.source.clone_from(&error.source);
        return shown;
    }
    let place = error.locations.first().map_or_else(String::new, |place| {
        format!("Line {}, column {}: ", place.line, place.column)
    });
    let more = match errors.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let message = format!("{place}{}{more}", shortened(&error.message));
    Error::invalid("document", message).into()
}

/// As GraphQL counts: what is beyond its integers is beyond every limit.
fn int(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
