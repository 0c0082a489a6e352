//! The schema's input types, to check variables against before anything is executed.
//!
//! The library checks variables as part of validation, which is skipped for documents that are kept, and again
//! where arguments are read, which lets unknown fields pass. Checked here, every request hears the same.

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::{
        parse_schema,
        types::{BaseType, Type, TypeKind, TypeSystemDefinition, VariableDefinition},
    },
};
use std::collections::{HashMap, HashSet};

/// Enums and input objects by name; every other name is a scalar.
#[derive(Debug, Default)]
pub(in crate::graphql) struct InputTypes(HashMap<Name, InputType>);

#[derive(Debug)]
enum InputType {
    Enum(HashSet<Name>),
    Object {
        fields: HashMap<Name, InputField>,
        one_of: bool,
    },
}

#[derive(Debug)]
struct InputField {
    ty: Type,
    has_default: bool,
}

impl InputTypes {
    /// Reads them from a schema's definition.
    pub(in crate::graphql) fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut types = HashMap::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let definition = definition.node;
            let ty = match definition.kind {
                TypeKind::Enum(kind) => InputType::Enum(
                    kind.values
                        .into_iter()
                        .map(|value| value.node.value.node)
                        .collect(),
                ),
                TypeKind::InputObject(kind) => InputType::Object {
                    fields: kind
                        .fields
                        .into_iter()
                        .map(|field| {
                            let field = field.node;
                            let input = InputField {
                                ty: field.ty.node,
                                has_default: field.default_value.is_some(),
                            };
                            (field.name.node, input)
                        })
                        .collect(),
                    one_of: definition
                        .directives
                        .iter()
                        .any(|directive| directive.node.name.node == "oneOf"),
                },
                _ => continue,
            };
            types.insert(definition.name.node, ty);
        }
        Ok(Self(types))
    }

    /// Checks the values of an operation's variables against its definitions.
    ///
    /// Types that the schema doesn't have are left to validation.
    pub(in crate::graphql) fn check(
        &self,
        definitions: &[Positioned<VariableDefinition>],
        variables: &Variables,
    ) -> Result<(), Fault> {
        for definition in definitions {
            let definition = &definition.node;
            let name = &definition.name.node;
            let ty = &definition.var_type.node;
            match variables.get(name) {
                Some(value) => self.value(ty, value).map_err(|fault| fault.inside(&name))?,
                None if ty.nullable || definition.default_value.is_some() => {}
                None => {
                    return Err(Fault::new(format!("It is required, of type {ty}.")).inside(&name));
                }
            }
        }
        Ok(())
    }

    fn value(&self, ty: &Type, value: &Value) -> Result<(), Fault> {
        match (&ty.base, value) {
            (_, Value::Null) if ty.nullable => Ok(()),
            (_, Value::Null) => Err(Fault::expected(ty)),
            (BaseType::List(items), Value::List(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.value(items, value)
                        .map_err(|fault| fault.inside(&index))?;
                }
                Ok(())
            }
            // A single value stands for a list of one.
            (BaseType::List(items), value) => self.value(items, value),
            (BaseType::Named(name), value) => match self.0.get(name) {
                Some(InputType::Enum(values)) => match value {
                    Value::String(text) if values.contains(text.as_str()) => Ok(()),
                    Value::Enum(name) if values.contains(name) => Ok(()),
                    _ => Err(Fault::expected(ty)),
                },
                Some(InputType::Object { fields, one_of }) => {
                    self.object(ty, fields, *one_of, value)
                }
                None if is_scalar(name, value) => Ok(()),
                None => Err(Fault::expected(ty)),
            },
        }
    }

    fn object(
        &self,
        ty: &Type,
        fields: &HashMap<Name, InputField>,
        one_of: bool,
        value: &Value,
    ) -> Result<(), Fault> {
        let Value::Object(values) = value else {
            return Err(Fault::expected(ty));
        };
        for (name, value) in values {
            match fields.get(name) {
                Some(field) => self
                    .value(&field.ty, value)
                    .map_err(|fault| fault.inside(&name))?,
                None => {
                    return Err(Fault::new(format!("{ty} has no such field.")).inside(&name));
                }
            }
        }
        for (name, field) in fields {
            if !field.ty.nullable && !field.has_default && !values.contains_key(name) {
                return Err(
                    Fault::new(format!("It is required, of type {}.", field.ty)).inside(&name)
                );
            }
        }
        let exactly_one = values.len() == 1 && !values.values().any(|value| *value == Value::Null);
        if one_of && !exactly_one {
            return Err(Fault::new(format!("{ty} takes exactly one field.")));
        }
        Ok(())
    }
}

/// Whether a scalar takes `value`. The schema's own scalars judge for themselves where they are read.
fn is_scalar(name: &str, value: &Value) -> bool {
    match name {
        "Int" => matches!(value, Value::Number(number)
            if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok())),
        "Float" => matches!(value, Value::Number(_)),
        "String" => matches!(value, Value::String(_)),
        "Boolean" => matches!(value, Value::Boolean(_)),
        "ID" => match value {
            Value::String(_) => true,
            Value::Number(number) => number.is_i64() || number.is_u64(),
            _ => false,
        },
        _ => true,
    }
}

/// What is wrong with a variable, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graphql) struct Fault {
    /// For example `filter.price.min`.
    pub(in crate::graphql) path: String,
    /// A sentence for people; it repeats nothing of the value.
    pub(in crate::graphql) message: String,
}

impl Fault {
    fn new(message: String) -> Self {
        Self {
            path: String::new(),
            message,
        }
    }

    fn expected(ty: &Type) -> Self {
        Self::new(format!("A value of type {ty} is expected."))
    }

    /// The fault as seen from the value around it.
    fn inside(mut self, segment: &dyn std::fmt::Display) -> Self {
        let segment = segment.to_string();
        self.path = if self.path.is_empty() {
            segment
        } else {
            format!("{segment}.{}", self.path)
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::{parse_query, types::DocumentOperations};
    use serde_json::json;

    const SDL: &str = r#"
        "Which way."
        enum Direction { ASC DESC }
        input Sort { by: String! direction: Direction! = ASC }
        input Price { min: Decimal max: Decimal }
        input Filter { ids: [ID!] price: Price sorts: [[Sort!]!] }
        input Key @oneOf { id: ID slug: String }
        scalar Decimal
        type Query { ping(filter: Filter): Boolean! }
        schema { query: Query }
    "#;

    fn check(definitions: &str, variables: serde_json::Value) -> Result<(), (String, String)> {
        let document = parse_query(format!("query({definitions}) {{ ping }}")).unwrap();
        let DocumentOperations::Single(operation) = document.operations else {
            unreachable!("the document has one operation")
        };
        InputTypes::from_sdl(SDL)
            .unwrap()
            .check(
                &operation.node.variable_definitions,
                &Variables::from_json(variables),
            )
            .map_err(|fault| (fault.path, fault.message))
    }

    #[track_caller]
    fn refused(definitions: &str, variables: serde_json::Value, path: &str) {
        let (at, message) = check(definitions, variables).unwrap_err();
        assert_eq!(at, path, "{message}");
    }

    #[test]
    fn takes_what_the_types_allow() {
        for (definitions, variables) in [
            ("$a: Int", json!({})),
            ("$a: Int", json!({ "a": null })),
            ("$a: Int! = 3", json!({})),
            ("$a: Float!", json!({ "a": 3 })),
            ("$a: ID!", json!({ "a": 3 })),
            ("$a: [Int!]", json!({ "a": 3 })),
            ("$a: [[Int]]", json!({ "a": [[1, null], null] })),
            ("$a: Direction", json!({ "a": "DESC" })),
            ("$a: Sort", json!({ "a": { "by": "name" } })),
            (
                "$a: Filter",
                json!({ "a": { "price": { "min": "1.5" }, "ids": null } }),
            ),
            ("$a: Key", json!({ "a": { "slug": "x" } })),
            ("$a: Unheard", json!({ "a": { "of": 1 } })),
            ("$a: Int", json!({ "a": 1, "another": true })),
        ] {
            assert_eq!(check(definitions, variables), Ok(()), "{definitions}");
        }
    }

    #[test]
    fn refuses_what_they_do_not_and_says_where() {
        refused("$a: Int!", json!({}), "a");
        refused("$a: Int!", json!({ "a": null }), "a");
        refused("$a: Int", json!({ "a": 2_147_483_648_u32 }), "a");
        refused("$a: Int", json!({ "a": "1" }), "a");
        refused("$a: Boolean", json!({ "a": "true" }), "a");
        refused("$a: [Int!]", json!({ "a": [1, null] }), "a.1");
        refused("$a: Direction", json!({ "a": "UP" }), "a");
        refused("$a: Sort", json!({ "a": {} }), "a.by");
        refused(
            "$a: Sort",
            json!({ "a": { "by": "x", "direction": null } }),
            "a.direction",
        );
        refused("$a: Filter", json!({ "a": { "prize": {} } }), "a.prize");
        refused("$a: Filter", json!({ "a": { "price": [1] } }), "a.price");
        refused(
            "$a: Filter",
            json!({ "a": { "sorts": [[{ "by": 1 }]] } }),
            "a.sorts.0.0.by",
        );
        refused("$a: Key", json!({ "a": {} }), "a");
        refused("$a: Key", json!({ "a": { "id": "x", "slug": "y" } }), "a");
        refused("$a: Key", json!({ "a": { "id": null } }), "a");
    }
}
