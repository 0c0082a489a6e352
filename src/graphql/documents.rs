//! Documents that were parsed, guarded and validated once, kept for the next request that sends them.

use super::cost::{Costs, Plan};
use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition,
        OperationType, Selection, SelectionSet,
    },
};
use moka::sync::Cache;
use std::{
    collections::HashSet,
    sync::{Arc, OnceLock},
};

/// What the kept documents may hold together, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// A parsed document is about so many times as large as its text: a field of one letter becomes a node of 250 bytes, and what of it
/// costs something is noted beside it.
const GROWTH: usize = 50;

/// The cache of valid documents.
pub(super) struct Documents(Cache<String, Arc<Document>>);

/// One operation of a valid document, ready to execute.
#[derive(Debug)]
pub(super) struct Document {
    /// The operation alone, with the fragments it spreads.
    pub(super) executable: ExecutableDocument,
    /// The operation's name, where it has one.
    pub(super) name: Option<Name>,
    /// What kind of operation it is.
    pub(super) kind: OperationType,
    /// What of it costs something, once someone has asked.
    plan: OnceLock<Arc<Plan>>,
}

impl Documents {
    pub(super) fn new() -> Self {
        let cache = Cache::builder()
            .max_capacity(CAPACITY)
            .weigher(|key: &String, _: &Arc<Document>| {
                u32::try_from(key.len().saturating_mul(GROWTH)).unwrap_or(u32::MAX)
            })
            .build();
        Self(cache)
    }

    /// Under what a request's document is kept. The name's length stands before it, so that no choice of a name
    /// makes two requests look alike.
    pub(super) fn key(request: &async_graphql::Request) -> String {
        let operation = request.operation_name.as_deref().unwrap_or_default();
        format!("{}:{operation}{}", operation.len(), request.query)
    }

    pub(super) fn get(&self, key: &str) -> Option<Arc<Document>> {
        self.0.get(key)
    }

    pub(super) fn keep(&self, key: String, document: Document) -> Arc<Document> {
        let document = Arc::new(document);
        self.0.insert(key, Arc::clone(&document));
        document
    }

    /// How many are kept.
    pub(super) fn count(&self) -> u64 {
        self.0.entry_count()
    }
}

impl Document {
    /// Takes the operation out of `parsed` that the request names, or its only one; the error is a sentence.
    pub(super) fn select(
        parsed: ExecutableDocument,
        operation_name: Option<&str>,
    ) -> Result<Self, &'static str> {
        const UNKNOWN: &str = "The document has no operation of the name in `operationName`.";
        let (name, operation) = match (parsed.operations, operation_name) {
            (DocumentOperations::Single(operation), None) => (None, operation),
            (DocumentOperations::Single(_), Some(_)) => return Err(UNKNOWN),
            (DocumentOperations::Multiple(mut operations), Some(name)) => {
                let (name, operation) = operations.remove_entry(name).ok_or(UNKNOWN)?;
                (Some(name), operation)
            }
            (DocumentOperations::Multiple(operations), None) => {
                let mut operations = operations.into_iter();
                match (operations.next(), operations.next()) {
                    (Some((name, operation)), None) => (Some(name), operation),
                    _ => {
                        return Err(
                            "The document has several operations: say which one in `operationName`.",
                        );
                    }
                }
            }
        };
        let mut fragments = parsed.fragments;
        let mut used = HashSet::new();
        let mut found = spreads(&operation.node.selection_set.node);
        while let Some(name) = found.pop() {
            if let Some(fragment) = fragments.get(&name)
                && used.insert(name)
            {
                found.extend(spreads(&fragment.node.selection_set.node));
            }
        }
        fragments.retain(|name, _| used.contains(name));
        Ok(Self {
            name,
            kind: operation.node.ty,
            plan: OnceLock::new(),
            executable: ExecutableDocument {
                operations: DocumentOperations::Single(operation),
                fragments,
            },
        })
    }

    /// The same, with everything it selects skipped: to be validated, with nothing to be executed. The library would begin
    /// to, and stumble over directives on a mutation that is not run.
    pub(super) fn skipped(&self) -> ExecutableDocument {
        let mut document = self.executable.clone();
        if let DocumentOperations::Single(operation) = &mut document.operations {
            let selected = &mut operation.node.selection_set;
            let pos = selected.pos;
            let at = |name: &str| Positioned::new(Name::new(name), pos);
            let always = Positioned::new(async_graphql_value::Value::Boolean(true), pos);
            let skip = Directive {
                name: at("skip"),
                arguments: vec![(at("if"), always)],
            };
            let all = InlineFragment {
                type_condition: None,
                directives: vec![Positioned::new(skip, pos)],
                selection_set: Positioned::new(std::mem::take(&mut selected.node), pos),
            };
            let all = Selection::InlineFragment(Positioned::new(all, pos));
            selected.node.items = vec![Positioned::new(all, pos)];
        }
        document
    }

    /// What of it costs something.
    pub(super) fn plan(&self, costs: &Costs) -> &Arc<Plan> {
        self.plan.get_or_init(|| {
            let fragments = &self.executable.fragments;
            Arc::new(Plan::new(costs, self.operation(), fragments))
        })
    }

    /// The operation.
    pub(super) fn operation(&self) -> &OperationDefinition {
        match &self.executable.operations {
            DocumentOperations::Single(operation) => &operation.node,
            DocumentOperations::Multiple(_) => unreachable!("`select` leaves a single operation"),
        }
    }
}

/// The fragments that `set` spreads itself, those of inner fields included.
fn spreads(set: &SelectionSet) -> Vec<Name> {
    let mut names = Vec::new();
    let mut sets = vec![set];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => sets.push(&field.node.selection_set.node),
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    names.push(spread.node.fragment_name.node.clone());
                }
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Request, parser::parse_query};

    fn select(document: &str, name: Option<&str>) -> Result<Document, &'static str> {
        Document::select(parse_query(document).unwrap(), name)
    }

    #[test]
    fn selects_the_operation_that_is_named() {
        let document = "query A { ...F } query B { b ...G } fragment F on Q { ...H } fragment G on Q { g } fragment H on Q { h }";
        let a = select(document, Some("A")).unwrap();
        assert_eq!(a.name.as_deref(), Some("A"));
        let mut fragments: Vec<_> = a.executable.fragments.keys().map(Name::as_str).collect();
        fragments.sort_unstable();
        assert_eq!(fragments, ["F", "H"]);

        assert!(select(document, Some("C")).is_err());
        assert!(select(document, None).is_err());
        assert!(select("{ a }", Some("A")).is_err());
        assert_eq!(
            select("mutation M { m }", None).unwrap().kind,
            OperationType::Mutation
        );
    }

    #[test]
    fn keys_tell_apart_what_is_prepared_differently() {
        let key = |operation: Option<&str>, query: &str| {
            let mut request = Request::new(query);
            request.operation_name = operation.map(str::to_owned);
            Documents::key(&request)
        };
        assert_eq!(key(None, "{ a }"), key(None, "{ a }"));
        assert_ne!(key(Some("A"), "{ a }"), key(None, "{ a }"));
        assert_ne!(key(Some("A"), "{ a }"), key(None, "A{ a }"));
    }
}
