//! What the schema says of its fields, as far as cost goes.

use super::weights::{CONNECTION, FIELDS, Fee, INCLUDED, MUTATION, OBJECT, Rule, TOTAL_COUNT};
use async_graphql::{
    Name,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
    },
};
use std::collections::{HashMap, HashSet};

/// The fields that cost something, by type.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Costs {
    fields: HashMap<Name, HashMap<Name, Shape>>,
    /// Types of which any object is of one of several others.
    abstracts: HashSet<Name>,
}

/// A field, as far as cost goes.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The type that it returns, without list and non-null; nothing where what is below it costs nothing more.
    pub(super) returns: Option<Name>,
    pub(super) fee: Fee,
    pub(super) repeats: Repeats,
}

/// How often a field's value has something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeats {
    /// It is one thing.
    Once,
    /// It is a page, of as many items as `first` or `last` says.
    Page,
    /// It is the list of a page's items.
    Item,
    /// It is a list of so many things at most.
    AtMost(u32),
    /// It is a list, of as many things as the list at this place in its arguments.
    PerEntry(&'static [&'static str]),
    /// It is one thing that does something for each entry of the list at this place.
    ForEach(&'static [&'static str]),
}

impl Costs {
    /// Reads a schema's definition.
    pub(in crate::graphql) fn from_sdl(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut costs = Self::default();
        let mut leaves = HashSet::from(["Int", "Float", "String", "Boolean", "ID"].map(Name::new));
        let mut objects = Vec::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            match definition.node.kind {
                TypeKind::Object(object) => objects.push((name, object.fields)),
                TypeKind::Interface(interface) => {
                    costs.abstracts.insert(name.clone());
                    objects.push((name, interface.fields));
                }
                TypeKind::Union(_) => {
                    costs.abstracts.insert(name);
                }
                TypeKind::Scalar | TypeKind::Enum(_) => {
                    leaves.insert(name);
                }
                TypeKind::InputObject(_) => {}
            }
        }
        for (name, fields) in objects {
            let shapes = fields.iter().map(|field| {
                let field = &field.node;
                (field.name.node.clone(), Shape::of(&name, field, &leaves))
            });
            costs.fields.insert(name.clone(), shapes.collect());
        }
        costs.add_introspection();
        Ok(costs)
    }

    /// What the definition does not hold: the fields that tell of the schema itself.
    fn add_introspection(&mut self) {
        for (name, rule) in FIELDS {
            if let (Some((on, field)), Rule::Whole(fee)) = (name.split_once('.'), rule)
                && field.starts_with("__")
                && let Some(fields) = self.fields.get_mut(on)
            {
                let shape = Shape {
                    returns: None,
                    fee: *fee,
                    repeats: Repeats::Once,
                };
                fields.insert(Name::new(field), shape);
            }
        }
    }

    /// The field `name` of the type `on`, where the schema has it.
    pub(super) fn field(&self, on: &str, name: &str) -> Option<&Shape> {
        self.fields.get(on)?.get(name)
    }

    /// Whether the type's objects are of one of several other types.
    pub(super) fn is_abstract(&self, name: &str) -> bool {
        self.abstracts.contains(name)
    }
}

impl Shape {
    fn of(on: &str, field: &FieldDefinition, leaves: &HashSet<Name>) -> Self {
        let name = field.name.node.as_str();
        let returns = named(&field.ty.node).clone();
        let is_leaf = leaves.contains(&returns);
        let is_page = returns.ends_with("Connection");
        let is_of_page = on.ends_with("Connection");
        let (fee, repeats) = match name {
            "edges" if is_of_page => (INCLUDED, Repeats::Item),
            "nodes" if is_of_page => (OBJECT, Repeats::Item),
            "pageInfo" if is_of_page => (INCLUDED, Repeats::Once),
            "totalCount" if is_of_page => (TOTAL_COUNT, Repeats::Once),
            "userErrors" => (INCLUDED, Repeats::Once),
            _ if on == "Mutation" => (MUTATION, Repeats::Once),
            _ if is_page => (CONNECTION, Repeats::Page),
            _ if is_leaf => (INCLUDED, Repeats::Once),
            _ => (OBJECT, Repeats::Once),
        };
        let shape = Self {
            returns: (!is_leaf).then_some(returns),
            fee,
            repeats,
        };
        match rule_of(on, name) {
            Some(rule) => shape.ruled(rule, matches!(field.ty.node.base, BaseType::List(_))),
            None => shape,
        }
    }

    /// The same with what is peculiar about it.
    fn ruled(self, rule: Rule, is_list: bool) -> Self {
        match rule {
            Rule::Beside(fee) => Self { fee, ..self },
            Rule::Whole(fee) => Self {
                returns: None,
                fee,
                repeats: Repeats::Once,
            },
            Rule::AtMost(most) => Self {
                repeats: Repeats::AtMost(most),
                ..self
            },
            Rule::PerEntry(place) if is_list => Self {
                repeats: Repeats::PerEntry(place),
                ..self
            },
            Rule::PerEntry(place) => Self {
                repeats: Repeats::ForEach(place),
                ..self
            },
            Rule::Entry => Self {
                fee: INCLUDED,
                repeats: Repeats::Item,
                ..self
            },
        }
    }
}

fn rule_of(on: &str, field: &str) -> Option<Rule> {
    let of = |name: &str| name.split_once('.') == Some((on, field));
    let known = FIELDS.iter().find(|(name, _)| of(name));
    known.map(|(_, rule)| *rule)
}

fn named(ty: &Type) -> &Name {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}
