//! What is said to whoever has not so many points.

use super::{plan::Plan, throttle::setting};
use crate::{
    graphql::guards::Refusal,
    platform::rate_limits::{Level, Limit},
};
use async_graphql::Variables;
use std::{fmt, time::Duration};

/// The points are not there now, and will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graphql) struct Throttled {
    pub(super) requested: u32,
    pub(super) available: u32,
    pub(super) limit: Option<Limit>,
    /// The wait until they are.
    pub(in crate::graphql) after: Duration,
}

impl fmt::Display for Throttled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            requested,
            available,
            ..
        } = self;
        write!(
            f,
            "The operation may cost {requested} points, and {available} are there"
        )?;
        if let Some(limit) = self.limit {
            write!(f, " ({})", setting(limit))?;
        }
        let seconds = self.after.as_secs() + 1;
        write!(
            f,
            ". Try again in {seconds} s, or ask for less. See docs/cost.md."
        )
    }
}

/// The points will never be there: the operation costs more than `bucket` ever holds.
pub(super) fn too_expensive(
    requested: u32,
    bucket: &Level,
    plan: &Plan,
    variables: &Variables,
) -> Refusal {
    let dearest = plan.dearest_paths(variables, 1);
    let dearest = dearest.first().map_or_else(String::new, |dearest| {
        format!(" `{}` alone costs {}.", dearest.path, dearest.cost)
    });
    Refusal {
        code: "QUERY_TOO_EXPENSIVE",
        field: "query",
        issue: "LIMIT_EXCEEDED",
        message: format!(
            "The operation may cost {requested} points, and there are never more than {} ({}).{dearest} Ask for smaller pages, or \
             in several requests. See docs/cost.md.",
            bucket.maximum,
            setting(bucket.limit),
        ),
    }
}
