//! How often each operation was asked for, and how long it took, by its name.
//!
//! A label's value is kept for as long as the process lives, and clients choose the names: only so many are told apart.

use super::{documents::Document, present_errors::was_executed};
use async_graphql::{Response, parser::types::OperationType};
use metrics::{Counter, Histogram, counter, histogram};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

/// Longest name that is a label, in characters.
const LONGEST: usize = 64;
/// Operations without a name.
const ANONYMOUS: &str = "anonymous";
/// Those whose names are too many.
const OTHER: &str = "other";
/// Those that are refused before anyone knows what they are.
const UNKNOWN: &str = "unknown";

/// The names that are told apart.
pub(super) struct Operations {
    /// Most that clients choose.
    most: usize,
    names: RwLock<Names>,
    unknown: Measures,
}

#[derive(Default)]
struct Names {
    chosen: HashSet<String>,
    /// Those of trusted documents, which have a place of their own.
    trusted: HashSet<String>,
    measures: HashMap<(String, &'static str), Arc<Measures>>,
}

/// Where the requests for one operation are counted.
pub(super) struct Measures {
    ok: Counter,
    with_errors: Counter,
    refused: Counter,
    seconds: Histogram,
}

impl std::fmt::Debug for Measures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measures").finish_non_exhaustive()
    }
}

impl Operations {
    /// Tells at most so many names apart.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            names: RwLock::default(),
            unknown: Measures::new(UNKNOWN, UNKNOWN),
        }
    }

    /// The names of trusted documents are told apart from now on, however many there are.
    pub(super) fn trust(&self, names: impl IntoIterator<Item = String>) {
        let names = names.into_iter().map(|name| cut(&name));
        let mut known = self.names.write().unwrap_or_else(PoisonError::into_inner);
        known.trusted.extend(names);
    }

    /// Counts a request that was refused before its operation was known to be valid.
    pub(super) fn refused(&self) {
        self.unknown.refused.increment(1);
    }

    /// Where requests for `document` are counted, which is valid.
    pub(super) fn of(&self, document: &Document) -> Arc<Measures> {
        let measures = document.measures.get_or_init(|| {
            let kind = match document.kind {
                OperationType::Query => "query",
                OperationType::Mutation => "mutation",
                OperationType::Subscription => "subscription",
            };
            self.named(document.name.as_deref(), kind)
        });
        Arc::clone(measures)
    }

    fn named(&self, name: Option<&str>, kind: &'static str) -> Arc<Measures> {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        let label = match name.map(cut) {
            None => ANONYMOUS.to_owned(),
            Some(name) if names.trusted.contains(&name) || names.chosen.contains(&name) => name,
            Some(name) if names.chosen.len() < self.most => {
                names.chosen.insert(name.clone());
                name
            }
            Some(_) => OTHER.to_owned(),
        };
        let measures = names.measures.entry((label, kind));
        let measures =
            measures.or_insert_with_key(|(label, kind)| Measures::new(label, kind).into());
        Arc::clone(measures)
    }
}

/// The parser has seen to it that there is nothing in a name but letters, digits and underscores.
fn cut(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

impl Measures {
    fn new(operation: &str, kind: &'static str) -> Self {
        let ended = |outcome: &'static str| {
            counter!(
                "graphql_operations_total",
                "operation" => operation.to_owned(), "kind" => kind, "outcome" => outcome
            )
        };
        Self {
            ok: ended("ok"),
            with_errors: ended("errors"),
            refused: ended("refused"),
            seconds: histogram!(
                "graphql_operation_seconds",
                "operation" => operation.to_owned(), "kind" => kind
            ),
        }
    }

    /// Counts a request that was answered with `response` after `elapsed`.
    pub(super) fn count(&self, response: &Response, elapsed: Duration) {
        let outcome = if !was_executed(response) {
            &self.refused
        } else if response.errors.is_empty() {
            &self.ok
        } else {
            &self.with_errors
        };
        outcome.increment(1);
        self.seconds.record(elapsed.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(one: &Arc<Measures>, other: &Arc<Measures>) -> bool {
        Arc::ptr_eq(one, other)
    }

    #[test]
    fn only_so_many_names_are_told_apart() {
        let operations = Operations::new(2);
        operations.trust(["Trusted".to_owned()]);
        let of = |name| operations.named(Some(name), "query");
        let (a, b, c) = (of("A"), of("B"), of("C"));
        assert!(!is_same(&a, &b) && is_same(&a, &of("A")));
        assert!(is_same(&c, &of("D")) && is_same(&c, &of("other")));
        assert!(!is_same(&c, &of("Trusted")));
        assert!(!is_same(&c, &operations.named(None, "query")));
        assert!(!is_same(&a, &operations.named(Some("A"), "mutation")));
    }

    #[test]
    fn long_names_are_cut() {
        let operations = Operations::new(2);
        let long = "a".repeat(LONGEST);
        let of = |name: &str| operations.named(Some(name), "query");
        assert!(is_same(&of(&long), &of(&format!("{long}b"))));
    }
}
