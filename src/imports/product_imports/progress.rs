//! How far an import is.

use crate::imports::report::{Event, Report};
use serde::{Deserialize, Serialize};

/// A person looks at a few of them, and then at the file.
const SHOWN: usize = 20;

/// How far an import is, as it is kept.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(default)]
pub(crate) struct Progress {
    /// How much of the file was read, in bytes.
    pub(crate) bytes_read: u64,
    pub(crate) products_created: u64,
    pub(crate) products_updated: u64,
    pub(crate) products_unchanged: u64,
    pub(crate) products_skipped: u64,
    pub(crate) rows_skipped: u64,
    /// The first few things that were left out, with their lines and how to mend them.
    pub(crate) problems: Vec<String>,
}

impl Progress {
    /// Notes what the import tells on its way.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Progress { bytes } => self.bytes_read = *bytes,
            Event::Skipped { problem, .. } => {
                self.rows_skipped += 1;
                if self.problems.len() < SHOWN {
                    self.problems.push(format!(
                        "Line {}: {} {}",
                        problem.line, problem.column, problem.reason
                    ));
                }
            }
        }
    }

    /// What it came to in the end.
    pub(super) fn ended(self, report: &Report) -> Self {
        Self {
            products_created: report.products_created,
            products_updated: report.products_updated,
            products_unchanged: report.products_unchanged,
            products_skipped: report.products_skipped,
            rows_skipped: report.rows_skipped,
            ..self
        }
    }
}
