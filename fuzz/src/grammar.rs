//! Documents made from a schema's own grammar: most of them are valid, some nearly, some not at all.
//!
//! Every choice is taken from bytes that someone else makes up, a fuzzer or a seed, so that a document can be made again.

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, InputValueDefinition, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Bytes that decide; when they are used up, everything is the first of its kind.
pub struct Choices<'a>(&'a [u8]);

impl<'a> Choices<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn byte(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }

    /// A number below `end`, which is above 0.
    fn below(&mut self, end: usize) -> usize {
        ((self.byte() << 8) | self.byte()) % end
    }

    /// True once in `n` times, and never when nothing is left to decide by.
    fn one_in(&mut self, n: usize) -> bool {
        self.byte() % n == n - 1
    }

    fn of<'b, T>(&mut self, items: &'b [T]) -> &'b T {
        &items[self.below(items.len())]
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}

/// A request made up.
#[derive(Debug)]
pub struct Made {
    pub document: String,
    pub variables: Value,
}

/// What a schema allows to be asked.
pub struct Grammar(HashMap<String, Kind>);

enum Kind {
    Enum(Vec<String>),
    Input(Vec<Argument>),
    /// Fields, and the types that an object of this type may be.
    Composite(Vec<Field>, Vec<String>),
}

struct Field {
    name: String,
    returns: String,
    arguments: Vec<Argument>,
}

struct Argument {
    name: String,
    ty: Type,
    is_required: bool,
}

impl Argument {
    fn new(definition: &InputValueDefinition) -> Self {
        let ty = definition.ty.node.clone();
        Self {
            name: definition.name.node.to_string(),
            is_required: !ty.nullable && definition.default_value.is_none(),
            ty,
        }
    }
}

impl Grammar {
    /// Reads a schema's definition.
    pub fn from_sdl(sdl: &str) -> Self {
        let mut kinds = HashMap::new();
        let mut implementors: HashMap<String, Vec<String>> = HashMap::new();
        for definition in parse_schema(sdl).expect("a schema").definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node.to_string();
            let fields = match definition.node.kind {
                TypeKind::Enum(kind) => {
                    let values = kind
                        .values
                        .iter()
                        .map(|value| value.node.value.node.to_string());
                    kinds.insert(name, Kind::Enum(values.collect()));
                    continue;
                }
                TypeKind::InputObject(kind) => {
                    let fields = kind.fields.iter().map(|field| Argument::new(&field.node));
                    kinds.insert(name, Kind::Input(fields.collect()));
                    continue;
                }
                TypeKind::Union(kind) => {
                    let members = kind.members.iter().map(|member| member.node.to_string());
                    kinds.insert(name, Kind::Composite(Vec::new(), members.collect()));
                    continue;
                }
                TypeKind::Object(kind) => {
                    for interface in kind.implements {
                        let known = implementors.entry(interface.node.to_string()).or_default();
                        known.push(name.clone());
                    }
                    kind.fields
                }
                TypeKind::Interface(kind) => kind.fields,
                TypeKind::Scalar => continue,
            };
            let fields = fields.iter().map(|field| Field {
                name: field.node.name.node.to_string(),
                returns: named(&field.node.ty.node),
                arguments: field
                    .node
                    .arguments
                    .iter()
                    .map(|one| Argument::new(&one.node))
                    .collect(),
            });
            kinds.insert(name, Kind::Composite(fields.collect(), Vec::new()));
        }
        for (interface, mut names) in implementors {
            names.sort();
            if let Some(Kind::Composite(_, possible)) = kinds.get_mut(&interface) {
                *possible = names;
            }
        }
        Self(kinds)
    }

    /// A request whose every choice is one of `choices`.
    pub fn request(&self, root: &str, choices: &mut Choices<'_>) -> Made {
        let mut making = Making {
            grammar: self,
            choices,
            variables: Map::new(),
            definitions: Vec::new(),
            fragments: Vec::new(),
        };
        let selections = making.selections(root, 0);
        let keyword = root.to_lowercase();
        let definitions = match making.definitions.join(" ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        };
        let fragments = making.fragments.join(" ");
        let mut document = format!("{keyword} Made{definitions} {selections} {fragments}");
        let variables = Value::Object(making.variables);
        if choices.one_in(12) {
            spoil(&mut document, choices);
        }
        Made {
            document,
            variables,
        }
    }
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

/// Puts something somewhere that does not belong there.
fn spoil(document: &mut String, choices: &mut Choices<'_>) {
    let what = [
        "{", "}", "(", "\"", "\"\"\"", "@", "...", "$", "[", "#", "\\", "\u{0}", "é", "-0", "1e999",
    ];
    let mut at = choices.below(document.len() + 1);
    while !document.is_char_boundary(at) {
        at -= 1;
    }
    let what: &&str = choices.of(&what);
    document.insert_str(at, what);
}

struct Making<'a, 'b, 'c> {
    grammar: &'a Grammar,
    choices: &'b mut Choices<'c>,
    variables: Map<String, Value>,
    definitions: Vec<String>,
    fragments: Vec<String>,
}

/// Objects nest no deeper, where the guards allow more: a document would be refused for its size else.
const DEEPEST: usize = 7;

impl Making<'_, '_, '_> {
    fn selections(&mut self, on: &str, depth: usize) -> String {
        let Some(Kind::Composite(fields, possible)) = self.grammar.0.get(on) else {
            return String::new();
        };
        let mut parts = Vec::new();
        for _ in 0..=self.choices.below(4) {
            if self.choices.is_over() || depth > DEEPEST {
                break;
            }
            let is_apart = fields.is_empty() || (!possible.is_empty() && self.choices.one_in(2));
            let part = if is_apart {
                let on = self.choices.of(possible).clone();
                format!("... on {on} {}", self.selections(&on, depth + 1))
            } else if self.choices.one_in(10) {
                self.fragment(on, depth)
            } else {
                let field = self.choices.of(fields);
                self.field(field, depth)
            };
            parts.push(part);
        }
        parts.push("__typename".to_owned());
        if self.choices.one_in(60) {
            parts.push("nonsense".to_owned());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn fragment(&mut self, on: &str, depth: usize) -> String {
        let selections = self.selections(on, depth + 1);
        let name = format!("F{}", self.fragments.len());
        self.fragments
            .push(format!("fragment {name} on {on} {selections}"));
        // Twice is as good as once, and may be a circle.
        format!("...{name} ").repeat(1 + self.choices.below(2))
    }

    fn field(&mut self, field: &Field, depth: usize) -> String {
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            let is_given = argument.is_required || self.choices.one_in(3);
            if is_given && !self.choices.one_in(60) {
                arguments.push(format!("{}: {}", argument.name, self.argument(argument)));
            }
        }
        let arguments = match arguments.join(", ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        };
        let alias = if self.choices.one_in(5) {
            format!("a{}: ", self.choices.below(20))
        } else {
            String::new()
        };
        let directive = match self.choices.below(100) {
            98 => " @include(if: true)",
            99 => " @skip(if: false)",
            97 => " @unheard(of: [1])",
            _ => "",
        };
        let inside = self.selections(&field.returns, depth + 1);
        format!("{alias}{}{arguments}{directive} {inside}", field.name)
    }

    /// A value that is written out, or a variable.
    fn argument(&mut self, argument: &Argument) -> String {
        let value = self.value(&argument.ty, 0);
        if !self.choices.one_in(3) {
            return literal(&value, &argument.ty, self.grammar);
        }
        let name = format!("v{}", self.definitions.len());
        self.definitions.push(format!("${name}: {}", argument.ty));
        self.variables.insert(name.clone(), value);
        format!("${name}")
    }

    fn value(&mut self, ty: &Type, depth: usize) -> Value {
        if (ty.nullable && self.choices.one_in(12)) || depth > DEEPEST {
            return Value::Null;
        }
        if self.choices.one_in(100) {
            return self.choices.of(&odd_values()).clone();
        }
        match &ty.base {
            BaseType::List(inner) => {
                let items = self.choices.below(4);
                (0..items).map(|_| self.value(inner, depth + 1)).collect()
            }
            BaseType::Named(name) => match self.grammar.0.get(name.as_str()) {
                Some(Kind::Enum(values)) => self.choices.of(values).clone().into(),
                Some(Kind::Input(fields)) => {
                    let mut object = Map::new();
                    for field in fields {
                        if field.is_required || self.choices.one_in(4) {
                            let value = self.value(&field.ty, depth + 1);
                            object.insert(field.name.clone(), value);
                        }
                    }
                    object.into()
                }
                _ => self.scalar(name),
            },
        }
    }

    fn scalar(&mut self, name: &str) -> Value {
        match name {
            "Int" => json!(*self.choices.of(&[1, 2, 5, 20, 100, 0, -1, 101, i32::MAX])),
            "Float" => json!(*self.choices.of(&[0.5, -1.0, 1e300])),
            "Boolean" => json!(self.choices.one_in(2)),
            "ID" => {
                let ids = [
                    "product_01h455vb4pex5vsknk084sn02q",
                    "seller_01h455vb4pex5vsknk084sn02q",
                    "nonsense",
                    "",
                ];
                json!(*self.choices.of(&ids))
            }
            _ => json!(*self.choices.of(&[
                "a",
                "",
                "blue cup",
                "12.50",
                "2026-11-21T12:00:00Z",
                "%_'\"\\",
                "\u{202e}\u{0}",
                "ﬀ\u{301}"
            ])),
        }
    }
}

/// Values that hardly any type takes.
fn odd_values() -> Vec<Value> {
    vec![
        json!([]),
        json!({}),
        json!({ "a": [null] }),
        json!(1e300),
        json!(u64::MAX),
        json!(true),
        json!("x".repeat(300)),
        json!([[[[1]]]]),
    ]
}

/// The value as a document writes it. Names of enums have no quotes there.
fn literal(value: &Value, ty: &Type, grammar: &Grammar) -> String {
    let inner = match &ty.base {
        BaseType::List(inner) => inner,
        BaseType::Named(_) => ty,
    };
    let kind = grammar.0.get(&named(ty));
    match (value, kind) {
        (Value::String(text), Some(Kind::Enum(values))) if values.contains(text) => text.clone(),
        (Value::Array(items), _) => {
            let items: Vec<_> = items
                .iter()
                .map(|item| literal(item, inner, grammar))
                .collect();
            format!("[{}]", items.join(", "))
        }
        (Value::Object(members), kind) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| {
                    let ty = match kind {
                        Some(Kind::Input(fields)) => fields
                            .iter()
                            .find(|field| field.name == *name)
                            .map(|field| &field.ty),
                        _ => None,
                    };
                    format!("{name}: {}", literal(value, ty.unwrap_or(inner), grammar))
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        (other, _) => other.to_string(),
    }
}
