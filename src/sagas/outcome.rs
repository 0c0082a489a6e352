//! What came of a step.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

/// Most bytes of JSON that a step leaves for later ones.
const LARGEST_OUTPUT: usize = 16 * 1024;

/// What came of a step, as the step says. What is none of these is an error: the step is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, and this is left for later steps.
    Done(Value),
    /// It goes on when someone [`wake`](super::wake)s the saga, or at this time by the server's clock.
    Wait {
        /// The time; nothing where it looks again only every hour.
        until: Option<DateTime<Utc>>,
    },
    /// It cannot be done, and never will be. What was done before is undone.
    Fail {
        /// Why, for whoever looks at the saga.
        reason: String,
    },
}

impl Outcome {
    /// It is done, and `output` is left for later steps.
    ///
    /// # Errors
    /// Internal when it cannot be written as JSON, or is too large.
    pub fn done(output: &impl Serialize) -> Result<Self> {
        let output = serde_json::to_value(output).map_err(Error::internal)?;
        let size = output.to_string().len();
        if size > LARGEST_OUTPUT {
            return Err(Error::internal(anyhow::anyhow!(
                "a step left {size} bytes for later ones; the most is {LARGEST_OUTPUT}"
            )));
        }
        Ok(Self::Done(output))
    }

    /// It cannot be done, for this reason.
    pub fn fail(reason: impl Into<String>) -> Self {
        Self::Fail {
            reason: reason.into(),
        }
    }

    /// It goes on when someone wakes the saga, or at `until`.
    #[must_use]
    pub fn wait_until(until: DateTime<Utc>) -> Self {
        Self::Wait { until: Some(until) }
    }
}
