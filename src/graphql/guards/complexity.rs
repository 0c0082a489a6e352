//! The complexity of an operation: about how many fields its answer may hold, computed before anything runs.
//!
//! A field counts one and what is selected below it; below a connection everything counts once for each item the
//! page may have. Ours rather than the library's: that one refuses an operation whose optional variables are left
//! out, and walks every path through fragments.

use crate::graphql::paging::{DEFAULT_SIZE, LARGEST_SIZE};
use async_graphql::{
    Name, Positioned, Variables,
    parser::{
        parse_schema,
        types::{
            BaseType, Field, FieldDefinition, FragmentDefinition, OperationDefinition,
            OperationType, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
        },
    },
};
use async_graphql_value::Value as InputValue;
use std::collections::HashMap;

/// What the schema says of its fields, as far as complexity goes.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Complexity {
    fields: HashMap<Name, HashMap<Name, Shape>>,
}

#[derive(Debug)]
struct Shape {
    /// The type the field returns, without list and non-null.
    returns: Name,
    repeats: Repeats,
}

/// How often what is below a field is in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeats {
    Once,
    /// As often as `first` or `last` says.
    Page,
    /// As often as `ids` has entries.
    Ids,
}

impl Complexity {
    /// Reads a schema's definition.
    pub(in crate::graphql) fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut types = HashMap::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let shapes = fields
                .iter()
                .map(|field| (field.node.name.node.clone(), Shape::of(&field.node)));
            types.insert(definition.node.name.node, shapes.collect());
        }
        Ok(Self { fields: types })
    }

    /// The complexity of `operation` with `variables`.
    pub(in crate::graphql) fn of(
        &self,
        operation: &OperationDefinition,
        fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
        variables: &Variables,
    ) -> usize {
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        Walk {
            schema: self,
            operation,
            fragments,
            variables,
            measured: HashMap::new(),
        }
        .selections(root, &operation.selection_set.node)
    }
}

impl Shape {
    fn of(field: &FieldDefinition) -> Self {
        let takes = |name: &str| {
            field
                .arguments
                .iter()
                .any(|argument| argument.node.name.node == name)
        };
        Self {
            returns: named(&field.ty.node).clone(),
            repeats: if takes("first") && takes("last") {
                Repeats::Page
            } else if takes("ids") {
                Repeats::Ids
            } else {
                Repeats::Once
            },
        }
    }
}

fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

struct Walk<'a> {
    schema: &'a Complexity,
    operation: &'a OperationDefinition,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    /// A fragment's type is its own, so it counts the same wherever it is spread.
    measured: HashMap<&'a str, usize>,
}

impl<'a> Walk<'a> {
    /// The guards before this one have refused what would recurse too deep or in a circle.
    fn selections(&mut self, on: &str, set: &'a SelectionSet) -> usize {
        let mut sum = 0_usize;
        for selection in &set.items {
            let part = match &selection.node {
                Selection::Field(field) => self.field(on, &field.node),
                Selection::InlineFragment(inline) => {
                    let on = inline
                        .node
                        .type_condition
                        .as_ref()
                        .map_or(on, |to| to.node.on.node.as_str());
                    self.selections(on, &inline.node.selection_set.node)
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            };
            sum = sum.saturating_add(part);
        }
        sum
    }

    fn field(&mut self, on: &str, field: &'a Field) -> usize {
        // Fields that the schema does not know are about the schema itself, or refused by validation.
        let schema = self.schema;
        let shape = schema
            .fields
            .get(on)
            .and_then(|fields| fields.get(&field.name.node));
        let (returns, times) = match shape {
            Some(shape) => (shape.returns.as_str(), self.times(shape.repeats, field)),
            None => ("", 1),
        };
        let below = self.selections(returns, &field.selection_set.node);
        below.saturating_mul(times).saturating_add(1)
    }

    fn fragment(&mut self, name: &str) -> usize {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return 0;
        };
        if let Some(measured) = self.measured.get(name.as_str()) {
            return *measured;
        }
        let on = fragment.node.type_condition.node.on.node.as_str();
        let measured = self.selections(on, &fragment.node.selection_set.node);
        self.measured.insert(name, measured);
        measured
    }

    fn times(&self, repeats: Repeats, field: &Field) -> usize {
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        match repeats {
            Repeats::Once => 1,
            Repeats::Page => {
                let asked = ["first", "last"]
                    .into_iter()
                    .find_map(|name| self.number(field.get_argument(name)?));
                size(asked.unwrap_or(DEFAULT_SIZE).clamp(1, LARGEST_SIZE))
            }
            Repeats::Ids => match field.get_argument("ids").map(|value| &value.node) {
                Some(InputValue::List(ids)) => ids.len(),
                Some(InputValue::Variable(name)) => match self.variables.get(name) {
                    Some(async_graphql::Value::List(ids)) => ids.len(),
                    _ => 1,
                },
                _ => 1,
            },
        }
    }

    /// A number that is written out, given as a variable, or the variable's default.
    fn number(&self, value: &Positioned<InputValue>) -> Option<u64> {
        let number = match &value.node {
            InputValue::Number(number) => number.as_i64(),
            InputValue::Variable(name) => {
                match self.variables.get(name).or_else(|| self.default(name)) {
                    Some(async_graphql::Value::Number(number)) => number.as_i64(),
                    _ => None,
                }
            }
            _ => None,
        };
        // What is less than one is refused where the page is read.
        number.map(|number| u64::try_from(number).unwrap_or(1))
    }

    fn default(&self, name: &str) -> Option<&async_graphql::Value> {
        let definition = self
            .operation
            .variable_definitions
            .iter()
            .find(|known| known.node.name.node == name)?;
        definition
            .node
            .default_value
            .as_ref()
            .map(|value| &value.node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use serde_json::json;

    const SCHEMA: &str = "
        type Query { products(first: Int, last: Int): Products! nodes(ids: [ID!]!): [Node]! shop: Shop }
        interface Node { id: ID! }
        type Products { nodes: [Product!]! totalCount: Int! }
        type Product implements Node { id: ID! name: String! shop: Shop! others(first: Int, last: Int): Products! }
        type Shop { name: String! }";

    fn of(document: &str, variables: serde_json::Value) -> usize {
        let complexity = Complexity::from_sdl(SCHEMA).unwrap();
        let document = parse_query(document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        complexity.of(
            &operation.node,
            &document.fragments,
            &Variables::from_json(variables),
        )
    }

    #[test]
    fn pages_multiply_what_is_below_them() {
        assert_eq!(of("{ shop { name } }", json!({})), 2);
        assert_eq!(
            of(
                "{ products(first: 5) { nodes { name shop { name } } } }",
                json!({})
            ),
            1 + 5 * 4
        );
        assert_eq!(of("{ products { nodes { name } } }", json!({})), 1 + 20 * 2);
        assert_eq!(
            of(
                "{ products(first: 10) { nodes { others(last: 100) { nodes { id } } } } }",
                json!({})
            ),
            1 + 10 * (1 + 1 + 100 * 2)
        );
    }

    #[test]
    fn sizes_come_from_variables_and_their_defaults() {
        let document = "query($first: Int = 7, $last: Int) { products(first: $first, last: $last) { nodes { id } } }";
        assert_eq!(of(document, json!({})), 1 + 7 * 2);
        assert_eq!(of(document, json!({ "first": 3 })), 1 + 3 * 2);
        assert_eq!(of(document, json!({ "first": null, "last": 4 })), 1 + 4 * 2);
        assert_eq!(of(document, json!({ "first": 1_000_000 })), 1 + 100 * 2);
        assert_eq!(of(document, json!({ "first": -1 })), 1 + 2);
    }

    #[test]
    fn ids_and_fragments_count() {
        assert_eq!(
            of(
                "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                json!({ "ids": ["a", "b", "c"] })
            ),
            1 + 3
        );
        assert_eq!(
            of(
                "{ products(first: 2) { ...P } nodes(ids: [\"a\"]) { ... on Product { ...Q } } }
                 fragment P on Products { nodes { ...Q } } fragment Q on Product { id others(first: 3) { totalCount } }",
                json!({})
            ),
            (1 + 2 * (1 + 5)) + (1 + 5)
        );
    }
}
