//! For how long an answer is good, and whether for everyone: what the `cache_control` hints on types and fields come to.
//!
//! Denied by default. An answer is for everyone only when every root field it selects and every type of object in it says for how
//! long; a connection and its edges are good for as long as what they list. What differs by who asks says nothing.

use crate::graphql::{Query, documents::Document};
use async_graphql::{
    CacheControl, Name, OutputType, Positioned,
    parser::types::{FragmentDefinition, OperationType, Selection, SelectionSet},
    registry::{MetaField, MetaType, Registry},
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// The root of all queries.
const ROOT: &str = "Query";

/// What the schema says of its types and fields.
#[derive(Debug)]
pub(in crate::graphql) struct Hints(HashMap<String, Type>);

#[derive(Debug)]
struct Type {
    age: Age,
    fields: HashMap<String, Field>,
}

#[derive(Debug)]
struct Field {
    hint: Age,
    /// The type it returns, without list and non-null.
    returns: String,
}

/// For how long something is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Age {
    /// It says nothing.
    Unsaid,
    /// It is for whoever asked.
    Private,
    /// Seconds.
    Public(u64),
}

impl Age {
    fn of(hint: CacheControl) -> Self {
        match u64::try_from(hint.max_age) {
            _ if !hint.public => Self::Private,
            Ok(0) => Self::Unsaid,
            Ok(seconds) => Self::Public(seconds),
            Err(_) => Self::Private,
        }
    }
}

impl Hints {
    /// Reads the hints of the schema.
    pub(in crate::graphql) fn new() -> Self {
        let mut registry = Registry::default();
        Query::create_type_info(&mut registry);
        let types = registry.types.iter().filter_map(|(name, meta)| {
            let (fields, age) = match meta {
                MetaType::Object {
                    fields,
                    cache_control,
                    ..
                } => (fields, Age::of(*cache_control)),
                // What it is of is said by the fragments on it.
                MetaType::Interface { fields, .. } => (fields, Age::Unsaid),
                _ => return None,
            };
            let fields = fields.values().map(Field::named).collect();
            Some((name.clone(), Type { age, fields }))
        });
        Self(types.collect())
    }

    /// For how long the document's answers are good for everyone; nothing where they are not.
    pub(in crate::graphql) fn of(&self, document: &Document) -> Option<Duration> {
        if document.kind != OperationType::Query {
            return None;
        }
        let mut walk = Walk {
            hints: self,
            fragments: &document.executable.fragments,
            walked: HashSet::new(),
            seconds: u64::MAX,
        };
        walk.selections(ROOT, &document.operation().selection_set.node)?;
        // What selects nothing but its own type's name.
        let seconds = if walk.seconds == u64::MAX {
            0
        } else {
            walk.seconds
        };
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }

    /// How long objects of this type are good: what they say, or, of connections and edges, what they list.
    fn age(&self, name: &str) -> Age {
        let Some(known) = self.0.get(name) else {
            return Age::Unsaid;
        };
        let list = [("Connection", "nodes"), ("Edge", "node")]
            .into_iter()
            .find(|(suffix, _)| name.ends_with(suffix));
        match (known.age, list) {
            (Age::Unsaid, Some((_, items))) => known
                .fields
                .get(items)
                .map_or(Age::Unsaid, |items| self.age(&items.returns)),
            (age, _) => age,
        }
    }

    /// The types of objects of which the public may be shown something that is kept.
    #[cfg(test)]
    fn public(&self) -> Vec<&str> {
        let names = self.0.keys().map(String::as_str);
        let mut names: Vec<_> = names
            .filter(|name| matches!(self.age(name), Age::Public(_)))
            .collect();
        names.sort_unstable();
        names
    }
}

impl Field {
    fn named(field: &MetaField) -> (String, Self) {
        let returns = field.ty.trim_matches(['[', ']', '!']).to_owned();
        let hint = Age::of(field.cache_control);
        (field.name.clone(), Self { hint, returns })
    }
}

struct Walk<'a> {
    hints: &'a Hints,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    walked: HashSet<&'a str>,
    seconds: u64,
}

impl<'a> Walk<'a> {
    /// Goes through what is selected on the type `parent`; nothing where any of it is not for everyone.
    fn selections(&mut self, parent: &str, set: &'a SelectionSet) -> Option<()> {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if name != "__typename" {
                        self.field(parent, name, &field.node.selection_set.node)?;
                    }
                }
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |on| on.node.on.node.as_str());
                    self.fragment(parent, on, &inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    // One is good for as long wherever it is spread.
                    if self.walked.insert(name) {
                        let fragment = &self.fragments.get(name)?.node;
                        let on = fragment.type_condition.node.on.node.as_str();
                        self.fragment(parent, on, &fragment.selection_set.node)?;
                    }
                }
            }
        }
        Some(())
    }

    fn fragment(&mut self, parent: &str, on: &str, set: &'a SelectionSet) -> Option<()> {
        if on != parent && on != ROOT {
            self.object(on)?;
        }
        self.selections(on, set)
    }

    fn field(&mut self, parent: &str, name: &str, set: &'a SelectionSet) -> Option<()> {
        let hints = self.hints;
        let field = hints.0.get(parent)?.fields.get(name)?;
        match field.hint {
            Age::Private => return None,
            // Root fields say so themselves.
            Age::Unsaid if parent == ROOT => return None,
            Age::Unsaid => {}
            Age::Public(seconds) => self.seconds = self.seconds.min(seconds),
        }
        if !set.items.is_empty() {
            self.object(&field.returns)?;
        }
        self.selections(&field.returns, set)
    }

    /// Something of the type is shown.
    fn object(&mut self, name: &str) -> Option<()> {
        match self.hints.age(name) {
            Age::Public(seconds) => self.seconds = self.seconds.min(seconds),
            // An interface: the field that led here has said it.
            Age::Unsaid if name == "Node" => {}
            Age::Unsaid | Age::Private => return None,
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    fn seconds(query: &str) -> Option<u64> {
        let parsed = parse_query(query).unwrap();
        let document = Document::select(parsed, query.into(), None).unwrap();
        Hints::new().of(&document).map(|age| age.as_secs())
    }

    /// Each of them is known to be purged by whatever writes it, see `tests/it/answers`. Think of that before you add one.
    #[test]
    fn what_is_for_everyone_is_known_to_be() {
        let expected = "Author Category CategoryConnection CategoryEdge Facet FacetValue Image ImageConnection ImageEdge Money PageInfo \
            PriceRange Product ProductConnection ProductEdge ProductOption ProductSearchConnection Rating Review ReviewConnection \
            ReviewEdge SelectedOption Seller SellerConnection SellerEdge Stock Tag TagConnection TagEdge Variant VariantConnection \
            VariantEdge Weight";
        assert_eq!(Hints::new().public().join(" "), expected);
    }

    #[test]
    fn the_shortest_hint_counts() {
        let categories = seconds("{ categories { nodes { name } } }").unwrap();
        let products = seconds("{ products { nodes { name } } }").unwrap();
        let stock =
            "{ products { edges { node { variants { nodes { stock { available } } } } } } }";
        let stock = seconds(stock).unwrap();
        assert!(
            stock < products && products < categories,
            "{stock} {products} {categories}"
        );
        let both =
            "{ categories { nodes { ...c } } } fragment c on Category { products { totalCount } }";
        assert_eq!(seconds(both), Some(products));
    }

    #[test]
    fn what_differs_by_who_asks_is_for_nobody_else() {
        for query in [
            "{ viewer { id } }",
            "{ products { nodes { name } } viewer { id } }",
            "{ sellers { nodes { members { totalCount } } } }",
            "{ ...q } fragment q on Query { viewer { id } }",
            "{ node(id: \"x\") { ... on Job { state } } }",
            "{ node(id: \"x\") { ... on Node { ... on Session { id } } } }",
            "{ jobs { totalCount } }",
            "{ __schema { types { name } } }",
            "{ __typename }",
            "{ unknown }",
            "mutation { sessionEnd { ok } }",
        ] {
            assert_eq!(seconds(query), None, "{query}");
        }
        assert!(seconds("{ node(id: \"x\") { id ... on Product { name } } }").is_some());
    }
}
