//! What a saga is to the code.

use super::{Outcome, Turn};
use crate::error::{Error, Result};
use entity::ids::AccountId;
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// How a step comes to its outcome.
pub type Work<'a> = BoxFuture<'a, Result<Outcome>>;
type Do<S> = for<'a> fn(&'a S, &'a Turn) -> Work<'a>;

/// A kind of work in steps; the type itself is what one is done with: ids and facts, as JSON of at most 64 KiB.
pub trait Saga: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the table, and that of its jobs: `<room>.<what>`. Never changes while there are any.
    const KIND: &'static str;
    /// The form of the input; raised when the form changes so that the older one cannot be read any more.
    const VERSION: i16 = 1;

    /// What it is about, for whoever looks for it.
    fn subject(&self) -> Uuid;

    /// Whose it is, if anyone's.
    fn customer(&self) -> Option<AccountId> {
        None
    }

    /// Its steps in their order, at least one. A step keeps its name while there are sagas that have begun it.
    fn steps() -> Vec<Step<Self>>;

    /// Reads an input of an older version.
    ///
    /// # Errors
    /// Invalid where that cannot be done; the saga is then stuck.
    fn upgrade(version: i16, _input: Value) -> Result<Self> {
        Err(Error::invalid(
            "input",
            format!(
                "It is of version {version}, and this server reads version {} only.",
                Self::VERSION
            ),
        ))
    }
}

/// One step of a saga, and what undoes it.
pub struct Step<S> {
    pub(super) name: &'static str,
    pub(super) run: Do<S>,
    pub(super) undo: Option<Do<S>>,
    pub(super) failures: u16,
    pub(super) compensates: bool,
    pub(super) timeout: Duration,
}

impl<S> Step<S> {
    /// A step of this name. It may run again after it has run: its own writes belong into [`Turn::transaction`], and calls to
    /// others carry [`Turn::key`].
    #[must_use]
    pub fn new(name: &'static str, run: Do<S>) -> Self {
        Self {
            name,
            run,
            undo: None,
            failures: 10,
            compensates: false,
            timeout: Duration::from_secs(60),
        }
    }

    /// It is undone by this, which may find that the step did nothing, a part, or all, and may run again after it has run. It is
    /// tried for ever: an outcome `Fail` is an error here.
    #[must_use]
    pub fn undone_by(mut self, undo: Do<S>) -> Self {
        self.undo = Some(undo);
        self
    }

    /// So many failures in a row are enough. Ten where nothing is said. That the process died at it is none: see docs/sagas.md.
    #[must_use]
    pub fn tried(mut self, failures: u16) -> Self {
        self.failures = failures.max(1);
        self
    }

    /// After those failures all is undone, this step included.
    #[must_use]
    pub fn or_compensate(mut self) -> Self {
        self.compensates = true;
        self
    }

    /// After those failures the saga is stuck until a person decides, which is so where nothing is said.
    #[must_use]
    pub fn or_stuck(mut self) -> Self {
        self.compensates = false;
        self
    }

    /// One try may take so long. A minute where nothing is said.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
