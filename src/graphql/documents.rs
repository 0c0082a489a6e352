//! Documents that were parsed, guarded and validated once, kept for the next request that sends them.

use super::{
    cost::{Costs, Plan},
    operations::Measures,
};
use crate::platform::{hash::TextHash, narrow::Asked};
use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition,
        InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use moka::{Equivalent, sync::Cache};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, OnceLock},
    time::Duration,
};

/// A parsed document is about so many times as large as its text: a field of one letter becomes a node of 250 bytes, and what of it
/// costs something is noted beside it.
const GROWTH: usize = 50;

/// The cache of valid documents.
pub(super) struct Documents(Cache<DocumentKey, Arc<Document>>);

/// Under what a document is kept: what a request names it by, and which of its operations is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum DocumentKey {
    /// By all of its text.
    Text { operation: Box<str>, text: Arc<str> },
    /// By the hash of its text, from those who need not send it.
    Hash { operation: Box<str>, hash: TextHash },
}

/// The same, borrowed from a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum DocumentKeyRef<'a> {
    Text { operation: &'a str, text: &'a str },
    Hash { operation: &'a str, hash: TextHash },
}

impl Equivalent<DocumentKey> for DocumentKeyRef<'_> {
    fn equivalent(&self, key: &DocumentKey) -> bool {
        match (self, key) {
            (
                Self::Text { operation, text },
                DocumentKey::Text {
                    operation: other,
                    text: kept,
                },
            ) => **operation == **other && **text == **kept,
            (
                Self::Hash { operation, hash },
                DocumentKey::Hash {
                    operation: other,
                    hash: kept,
                },
            ) => **operation == **other && hash == kept,
            _ => false,
        }
    }
}

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
    /// Whether two fields that hold objects answer under one name, once someone has asked.
    merges: OnceLock<bool>,
    /// The names of its fields, once someone has asked.
    asked: OnceLock<Arc<Asked>>,
    /// The text it was parsed from.
    pub(super) text: Arc<str>,
    /// Where its requests are counted, once there was one.
    pub(super) measures: OnceLock<Arc<Measures>>,
    /// Names its text, and which of its operations it is.
    pub(super) digest: [u8; 32],
    /// For how long its answers are good for everyone; nothing where they are not.
    pub(super) max_age: Option<Duration>,
}

impl Documents {
    /// A cache that holds about `capacity` bytes.
    pub(super) fn new(capacity: u64) -> Self {
        let cache = Cache::builder()
            .max_capacity(capacity)
            .weigher(|_: &DocumentKey, document: &Arc<Document>| {
                u32::try_from(document.text.len().saturating_mul(GROWTH)).unwrap_or(u32::MAX)
            })
            .build();
        Self(cache)
    }

    pub(super) fn get(&self, key: DocumentKeyRef<'_>) -> Option<Arc<Document>> {
        self.0.get(&key)
    }

    pub(super) fn keep(&self, key: DocumentKey, document: Document) -> Arc<Document> {
        let document = Arc::new(document);
        self.0.insert(key, Arc::clone(&document));
        document
    }

    /// How many are kept, and about how many bytes they take.
    pub(super) fn size(&self) -> (u64, u64) {
        self.0.run_pending_tasks();
        (self.0.entry_count(), self.0.weighted_size())
    }
}

impl Document {
    /// Takes the operation out of `parsed` that the request names, or its only one; the error is a sentence.
    pub(super) fn select(
        parsed: ExecutableDocument,
        text: Arc<str>,
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
            merges: OnceLock::new(),
            asked: OnceLock::new(),
            text,
            measures: OnceLock::new(),
            digest: [0; 32],
            max_age: None,
            executable: ExecutableDocument {
                operations: DocumentOperations::Single(operation),
                fragments,
            },
        })
    }

    /// What names the operation `name` of the document `text`; the name's length stands before it, so that no choice of a name
    /// makes two look alike.
    pub(super) fn digest_of(text: &str, name: Option<&str>) -> [u8; 32] {
        let name = name.unwrap_or_default();
        let mut hash = Sha256::new();
        hash.update(name.len().to_le_bytes());
        hash.update(name);
        hash.update(text);
        hash.finalize().into()
    }

    /// The same, with everything it selects skipped: to be validated, with nothing to be executed. The library would begin
    /// to, and stumble over directives on a mutation that is not run.
    pub(super) fn skipped(&self) -> ExecutableDocument {
        let mut document = self.executable.clone();
        for fragment in document.fragments.values_mut() {
            show_directives(&mut fragment.node.selection_set.node);
        }
        if let DocumentOperations::Single(operation) = &mut document.operations {
            let selected = &mut operation.node.selection_set;
            show_directives(&mut selected.node);
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

    /// Whether two fields that hold objects answer under one name, so that the library puts them together when both are executed.
    /// Fragments count as if they were for every type.
    pub(super) fn merges(&self) -> bool {
        *self.merges.get_or_init(|| {
            let fragments = &self.executable.fragments;
            let mut sets = vec![&self.operation().selection_set.node];
            sets.extend(
                fragments
                    .values()
                    .map(|known| &known.node.selection_set.node),
            );
            while let Some(set) = sets.pop() {
                let mut found = Vec::new();
                add_objects(&mut found, set, fragments);
                let mut names = HashSet::new();
                if !found
                    .iter()
                    .all(|field| names.insert(&field.response_key().node))
                {
                    return true;
                }
                sets.extend(found.iter().map(|field| &field.selection_set.node));
            }
            false
        })
    }

    /// The names of all its fields, those of its fragments among them; of a query only, since what writes reads for itself too.
    pub(super) fn asked(&self) -> Option<&Arc<Asked>> {
        (self.kind == OperationType::Query).then(|| {
            self.asked.get_or_init(|| {
                let fragments = self.executable.fragments.values();
                let fragments = fragments.map(|fragment| &fragment.node.selection_set.node);
                let own = &self.operation().selection_set.node;
                let sets = fragments.chain(std::iter::once(own));
                Arc::new(sets.flat_map(field_names).collect())
            })
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

/// Puts every `__typename` with directives into an inline fragment with these: the library does not look at those of
/// `__typename`, and so would find variables unused that stand in them, and let unknown ones pass.
fn show_directives(set: &mut SelectionSet) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) if field.node.name.node != "__typename" => {
                show_directives(&mut field.node.selection_set.node);
            }
            Selection::Field(field) => {
                let pos = field.pos;
                let directives = std::mem::take(&mut field.node.directives);
                if directives.is_empty() {
                    continue;
                }
                let field = Selection::Field(field.clone());
                let inside = SelectionSet {
                    items: vec![Positioned::new(field, pos)],
                };
                let around = InlineFragment {
                    type_condition: None,
                    directives,
                    selection_set: Positioned::new(inside, pos),
                };
                selection.node = Selection::InlineFragment(Positioned::new(around, pos));
            }
            Selection::InlineFragment(inline) => {
                show_directives(&mut inline.node.selection_set.node);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// The names of the fields in `set`, those of inner fields included, but not those of the fragments that it spreads.
fn field_names(set: &SelectionSet) -> Vec<&str> {
    let mut names = Vec::new();
    let mut sets = vec![set];
    while let Some(set) = sets.pop() {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    names.push(field.node.name.node.as_str());
                    sets.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    names
}

/// Adds the fields of `set` that hold objects, those of the fragments in it among them.
fn add_objects<'a>(
    found: &mut Vec<&'a Field>,
    set: &'a SelectionSet,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) if !field.node.selection_set.node.items.is_empty() => {
                found.push(&field.node);
            }
            Selection::Field(_) => {}
            Selection::InlineFragment(inline) => {
                add_objects(found, &inline.node.selection_set.node, fragments);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = fragments.get(&spread.node.fragment_name.node) {
                    add_objects(found, &fragment.node.selection_set.node, fragments);
                }
            }
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
    use async_graphql::parser::parse_query;

    fn select(document: &str, name: Option<&str>) -> Result<Document, &'static str> {
        Document::select(parse_query(document).unwrap(), document.into(), name)
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
    fn knows_where_objects_are_put_together() {
        for (document, merges) in [
            ("{ a { b } c { b } }", false),
            ("{ a { b b } }", false),
            ("{ a { b } a { c } }", true),
            ("{ x: a { b } x: a { b } }", true),
            ("{ x: a { b } y: a { b } }", false),
            ("{ a { b { c } ...F } } fragment F on T { b { d } }", true),
            (
                "{ a { ...F ... on U { x: b { c } } } } fragment F on T { b { d } }",
                false,
            ),
            ("{ a { ... on T { b { c } } ... on U { b { c } } } }", true),
            ("{ ...F } fragment F on T { a { b { c } b { d } } }", true),
        ] {
            assert_eq!(
                select(document, None).unwrap().merges(),
                merges,
                "{document}"
            );
        }
    }

    #[test]
    fn borrowed_keys_find_what_is_kept_under_owned_ones() {
        let documents = Documents::new(1_000_000);
        let document = |text: &str| select(text, None).unwrap();
        let text = |operation, text| DocumentKeyRef::Text { operation, text };
        let hash = TextHash::of("{ a }");
        let by_text = DocumentKey::Text {
            operation: "A".into(),
            text: "{ a }".into(),
        };
        documents.keep(by_text, document("{ a }"));
        assert!(documents.get(text("A", "{ a }")).is_some());
        for other in [
            text("", "{ a }"),
            text("", "A{ a }"),
            text("A", "{ b }"),
            DocumentKeyRef::Hash {
                operation: "A",
                hash,
            },
        ] {
            assert!(documents.get(other).is_none(), "{other:?}");
        }
        let by_hash = DocumentKey::Hash {
            operation: "".into(),
            hash,
        };
        documents.keep(by_hash, document("{ a }"));
        assert!(
            documents
                .get(DocumentKeyRef::Hash {
                    operation: "",
                    hash
                })
                .is_some()
        );
        assert!(
            documents
                .get(DocumentKeyRef::Hash {
                    operation: "A",
                    hash
                })
                .is_none()
        );
    }
}
