//! Taking an operation's points from whoever asks, and giving back what it did not cost.

use super::{
    coming::Coming,
    plan::Plan,
    refused::{Throttled, too_expensive},
    requested::Requested,
    throttle::{add_headers, extension},
    weights::LEAST,
};
use crate::{
    caller::{Actor, Caller},
    graphql::present_errors::was_executed,
    platform::rate_limits::{Level, Limit, RateLimits, Spent, address_key},
};
use async_graphql::{Response, ServerError, Variables};
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// Points that were taken for an operation.
///
/// Dropped without being [settled](Self::settle), nothing is given back: whoever hangs up, or asks for what takes longer than it
/// may, has had the server work all the same, and would otherwise have had it for nothing.
#[derive(Debug)]
pub(in crate::graphql) struct Charge {
    requested: Requested,
    coming: Arc<Coming>,
    purses: Vec<(Limit, String)>,
    /// How full the buckets were, once the points were taken.
    levels: Vec<Level>,
    rate_limits: Arc<RateLimits>,
    tasks: TaskTracker,
}

impl Charge {
    /// Takes what is `requested` from the buckets of whoever asks, or refuses the operation.
    ///
    /// # Errors
    /// The answer to whoever has not so much, or never will.
    pub(in crate::graphql) async fn take(
        caller: &Caller,
        plan: &Arc<Plan>,
        requested: Requested,
        variables: &Variables,
    ) -> Result<Self, Box<Response>> {
        metrics::histogram!("graphql_cost_requested").record(requested.points);
        let rate_limits = &caller.rate_limits;
        let purses = purses(caller);
        let named: Vec<_> = purses.iter().map(|(limit, key)| (*limit, &**key)).collect();
        let points = requested.points;
        let full = rate_limits.full(&named);
        if let Some(bucket) = full.iter().find(|bucket| bucket.maximum < points) {
            metrics::counter!("graphql_cost_refused_total", "why" => "too_expensive").increment(1);
            let refusal = too_expensive(points, bucket, plan, variables);
            return Err(refused(refusal, points, &[]));
        }
        let levels = match rate_limits.spend_of_all(&named, points).await {
            Ok(Spent::All(levels)) => levels,
            Ok(Spent::Nothing { after, by, levels }) => {
                metrics::counter!("graphql_cost_refused_total", "why" => "throttled").increment(1);
                let level = levels.iter().find(|level| Some(level.limit) == by);
                let throttled = Throttled {
                    requested: points,
                    available: level.map_or(0, |level| level.available),
                    limit: by,
                    after,
                };
                let mut answer = refused(throttled, points, &levels);
                add_headers(&mut answer.http_headers, &levels, Some(after));
                return Err(answer);
            }
            Err(error) => return Err(Box::new(Response::from_errors(vec![sourced(error)]))),
        };
        Ok(Self {
            coming: Arc::new(Coming::new(plan, &requested)),
            requested,
            purses,
            levels,
            rate_limits: Arc::clone(rate_limits),
            tasks: caller.tasks.clone(),
        })
    }

    /// What is told of what comes while it is executed.
    pub(in crate::graphql) fn coming(&self) -> &Arc<Coming> {
        &self.coming
    }

    /// Gives back what the operation that was answered with `response` did not cost, and says in it what it did.
    pub(in crate::graphql) fn settle(self, mut response: Response) -> Response {
        let requested = self.requested.points;
        let actual = if was_executed(&response) {
            self.coming.total(&self.requested, &response.data)
        } else {
            LEAST
        };
        metrics::histogram!("graphql_cost_actual").record(actual);
        let over = requested.saturating_sub(actual);
        let levels: Vec<_> = self
            .levels
            .iter()
            .map(|level| level.with_given_back(over))
            .collect();
        let cost = extension(requested, actual, &levels);
        response.extensions.insert("cost".to_owned(), cost);
        add_headers(&mut response.http_headers, &levels, None);
        self.give_back(over);
        response
    }

    /// Here at once; others are told while the answer is on its way.
    fn give_back(self, points: u32) {
        if points == 0 || self.purses.is_empty() {
            return;
        }
        let Self {
            purses,
            rate_limits,
            tasks,
            ..
        } = self;
        let named: Vec<_> = purses.iter().map(|(limit, key)| (*limit, &**key)).collect();
        rate_limits.give_back_here(&named, points);
        if rate_limits.is_shared() {
            tasks.spawn(async move {
                let named: Vec<_> = purses.iter().map(|(limit, key)| (*limit, &**key)).collect();
                // Outside a transaction nothing goes wrong, and without Redis the points come back by themselves.
                let _ = rate_limits.tell_given_back(&named, points).await;
            });
        }
    }
}

/// The buckets that an operation of the caller's is paid from: the account's, where there is one, and the address's. Only a caller
/// of this very process has no address; it pays nothing, nor does whoever runs the server.
pub(super) fn purses(caller: &Caller) -> Vec<(Limit, String)> {
    let mut purses = Vec::new();
    if caller.actor == Actor::Operator || caller.client.ip.is_none() {
        return purses;
    }
    let has = |limit| caller.rate_limits.numbers(limit).is_some();
    if let Actor::Person(person) = caller.actor
        && has(Limit::Cost)
    {
        purses.push((Limit::Cost, format!("account {}", person.account.0)));
    }
    if has(Limit::CostOfAddress) {
        purses.push((Limit::CostOfAddress, address_key(caller.client.ip)));
    }
    purses
}

/// The answer to an operation that is not run, and costs nothing.
fn refused(
    why: impl std::fmt::Display + Send + Sync + 'static,
    requested: u32,
    levels: &[Level],
) -> Box<Response> {
    let response = Response::from_errors(vec![sourced(why)]);
    let cost = extension(requested, 0, levels);
    Box::new(response.extension("cost", cost))
}

/// An error that is recognised where errors are presented.
fn sourced(source: impl std::fmt::Display + Send + Sync + 'static) -> ServerError {
    let mut error = ServerError::new(source.to_string(), None);
    error.source = Some(Arc::new(source));
    error
}
