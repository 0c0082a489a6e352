//! Documents that were parsed, guarded and validated once, kept for the next request that sends them.

use async_graphql::{
    Name, Positioned, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType,
        Selection, SelectionSet,
    },
};
use async_graphql_value::Value as InputValue;
use moka::sync::Cache;
use std::{collections::HashSet, fmt::Write, sync::Arc};

/// What the kept documents may hold together, in bytes.
const CAPACITY: u64 = 32 * 1024 * 1024;
/// A parsed document is about so many times as large as its text: a field of one letter becomes a node of 250 bytes.
const GROWTH: usize = 40;

/// The cache of valid documents.
pub(super) struct Documents(Cache<String, Arc<Document>>);

/// One operation of a valid document, ready to execute.
#[derive(Debug)]
pub(super) struct Document {
    /// The operation alone, with the fragments it spreads and without the arguments whose variables are missing.
    pub(super) executable: ExecutableDocument,
    /// The operation's name, where it has one.
    pub(super) name: Option<Name>,
    /// What kind of operation it is.
    pub(super) kind: OperationType,
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

    /// Under what a request's document is kept. Which variables are given is part of it, since a document is
    /// validated and kept without the arguments that miss theirs. Lengths stand before names, so that no choice
    /// of names makes two requests look alike.
    pub(super) fn key(request: &async_graphql::Request) -> String {
        let mut key = String::with_capacity(request.query.len() + 128);
        let mut part = |text: &str| {
            // Writing to a string cannot fail.
            let _ = write!(key, "{}:{text}", text.len());
        };
        part(request.operation_name.as_deref().unwrap_or_default());
        for name in request.variables.keys() {
            part(name);
        }
        key.push('|');
        key.push_str(&request.query);
        key
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
            executable: ExecutableDocument {
                operations: DocumentOperations::Single(operation),
                fragments,
            },
        })
    }

    /// The operation.
    pub(super) fn operation(&self) -> Option<&OperationDefinition> {
        self.executable
            .operations
            .iter()
            .next()
            .map(|(_, operation)| &operation.node)
    }

    /// Takes out every argument and input field whose variable was neither given nor has a default, and the
    /// variable with it. By the specification it is as if they were not written; the library, though, refuses
    /// them where it counts the complexity.
    pub(super) fn drop_missing(&mut self, variables: &Variables) {
        let DocumentOperations::Single(operation) = &mut self.executable.operations else {
            return;
        };
        let operation = &mut operation.node;
        let missing: HashSet<Name> = operation
            .variable_definitions
            .extract_if(.., |definition| {
                let definition = &definition.node;
                definition.default_value.is_none() && !variables.contains_key(&definition.name.node)
            })
            .map(|definition| definition.node.name.node)
            .collect();
        if missing.is_empty() {
            return;
        }
        drop_from_directives(&mut operation.directives, &missing);
        drop_from_selections(&mut operation.selection_set.node, &missing);
        for fragment in self.executable.fragments.values_mut() {
            drop_from_selections(&mut fragment.node.selection_set.node, &missing);
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

type Arguments = Vec<(Positioned<Name>, Positioned<InputValue>)>;

fn drop_from_selections(set: &mut SelectionSet, missing: &HashSet<Name>) {
    for selection in &mut set.items {
        drop_from_directives(selection.node.directives_mut(), missing);
        match &mut selection.node {
            Selection::Field(field) => {
                drop_from_arguments(&mut field.node.arguments, missing);
                drop_from_selections(&mut field.node.selection_set.node, missing);
            }
            Selection::InlineFragment(inline) => {
                drop_from_selections(&mut inline.node.selection_set.node, missing);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn drop_from_directives(directives: &mut [Positioned<Directive>], missing: &HashSet<Name>) {
    for directive in directives {
        drop_from_arguments(&mut directive.node.arguments, missing);
    }
}

fn drop_from_arguments(arguments: &mut Arguments, missing: &HashSet<Name>) {
    arguments.retain_mut(|(_, value)| keeps(&mut value.node, missing));
}

/// Whether anything is left of `value`. In a list the place stays and holds null.
fn keeps(value: &mut InputValue, missing: &HashSet<Name>) -> bool {
    match value {
        InputValue::Variable(name) => return !missing.contains(name),
        InputValue::List(items) => {
            for item in items {
                if !keeps(item, missing) {
                    *item = InputValue::Null;
                }
            }
        }
        InputValue::Object(fields) => fields.retain(|_, field| keeps(field, missing)),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Request, parser::parse_query};
    use serde_json::json;

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
    fn drops_what_misses_its_variable() {
        let mut document = select(
            "query($a: Int, $b: Int, $c: Int = 3) {
                x(a: $a, b: $b, c: $c, l: [$a, 1], o: { a: $a, b: $b }) { ...F }
             }
             fragment F on T { y(a: $a) @d(a: $a, b: $b) }",
            None,
        )
        .unwrap();
        document.drop_missing(&Variables::from_json(json!({ "b": null })));
        let operation = document.operation().unwrap();
        let names: Vec<_> = operation
            .variable_definitions
            .iter()
            .map(|definition| definition.node.name.node.as_str())
            .collect();
        assert_eq!(names, ["b", "c"]);
        let Selection::Field(x) = &operation.selection_set.node.items[0].node else {
            panic!("the operation selects a field")
        };
        let arguments: Vec<_> = x
            .node
            .arguments
            .iter()
            .map(|(name, value)| format!("{}: {}", name.node, value.node))
            .collect();
        assert_eq!(arguments, ["b: $b", "c: $c", "l: [null, 1]", "o: {b: $b}"]);
        let fragment = &document.executable.fragments["F"].node.selection_set.node;
        let Selection::Field(y) = &fragment.items[0].node else {
            panic!("the fragment selects a field")
        };
        assert!(y.node.arguments.is_empty());
        assert_eq!(y.node.directives[0].node.arguments.len(), 1);
    }

    struct Query;

    #[async_graphql::Object]
    impl Query {
        #[graphql(
            complexity = "first.unwrap_or(20).unsigned_abs() as usize * child_complexity + 1"
        )]
        async fn items(&self, first: Option<i32>) -> i32 {
            first.unwrap_or(20)
        }
    }

    /// Why arguments that miss their variable are dropped. When this fails, the library has learned it.
    #[tokio::test]
    async fn the_library_refuses_what_misses_its_variable() {
        let schema = async_graphql::Schema::new(
            Query,
            async_graphql::EmptyMutation,
            async_graphql::EmptySubscription,
        );
        let mut document = select("query($first: Int) { items(first: $first) }", None).unwrap();
        let execute = async |document: &Document| {
            let mut request = Request::new("");
            request.set_parsed_query(document.executable.clone());
            schema.execute(request).await
        };
        assert!(execute(&document).await.is_err());
        document.drop_missing(&Variables::default());
        let response = execute(&document).await;
        assert_eq!(response.data.to_string(), "{items: 20}");
    }

    #[test]
    fn keys_tell_apart_what_is_prepared_differently() {
        let key = |operation: Option<&str>, variables: serde_json::Value| {
            let mut request = Request::new("{ a }").variables(Variables::from_json(variables));
            request.operation_name = operation.map(str::to_owned);
            Documents::key(&request)
        };
        let plain = key(None, json!({}));
        assert_eq!(key(None, json!({})), plain);
        assert_ne!(key(Some("A"), json!({})), plain);
        assert_ne!(key(None, json!({ "A": 1 })), plain);
        assert_ne!(key(Some("A"), json!({})), key(None, json!({ "A": 1 })));
        assert_ne!(
            key(Some("A1:B"), json!({})),
            key(Some("A"), json!({ "B": 1 }))
        );
        assert_eq!(key(None, json!({ "A": 1 })), key(None, json!({ "A": 2 })));
    }
}
