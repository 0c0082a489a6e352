//! What there is to try: every root field, every mutation, and `node` for every type that it gives.

use crate::support::settings;
use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use tradewind::graphql::sdl;

/// One line of the table.
#[derive(Debug)]
pub struct Field {
    /// `Query.product`, `Mutation.jobRetry` or `node.Job`.
    pub name: String,
    /// What a document begins with.
    pub operation: &'static str,
    /// The root field.
    pub root: String,
    /// What is selected on it, enough to tell whether anything came.
    pub selection: &'static str,
    /// Whether it cannot be asked without arguments.
    pub needs_arguments: bool,
}

/// Every line that the table must have, in the schema's order.
pub fn all() -> Vec<Field> {
    let document = parse_schema(sdl(&settings(&[]))).unwrap();
    let definitions = document.definitions.into_iter();
    let types: Vec<_> = definitions
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        })
        .collect();
    let mut all = Vec::new();
    for (root, operation) in [
        ("Query", "query"),
        ("Mutation", "mutation"),
        ("Subscription", "subscription"),
    ] {
        let fields = types.iter().find(|definition| definition.name.node == root);
        for field in fields.map(fields_of).unwrap_or_default() {
            all.push(Field {
                name: format!("{root}.{}", field.name.node),
                operation,
                root: field.name.node.to_string(),
                selection: selection(&types, &field.ty.node),
                needs_arguments: field.arguments.iter().any(|argument| {
                    !argument.node.ty.node.nullable && argument.node.default_value.is_none()
                }),
            });
        }
    }
    for definition in &types {
        if let TypeKind::Object(object) = &definition.kind
            && object
                .implements
                .iter()
                .any(|interface| interface.node == "Node")
        {
            all.push(Field {
                name: format!("node.{}", definition.name.node),
                operation: "query",
                root: "node".to_owned(),
                selection: "{ __typename }",
                needs_arguments: true,
            });
        }
    }
    all
}

fn fields_of(definition: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &definition.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

fn selection(types: &[TypeDefinition], ty: &Type) -> &'static str {
    let name = match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(of) => return selection(types, of),
    };
    let Some(definition) = types
        .iter()
        .find(|definition| definition.name.node == *name)
    else {
        return "";
    };
    let has = |wanted: &str| {
        fields_of(definition)
            .iter()
            .any(|field| field.name.node == wanted)
    };
    match definition.kind {
        TypeKind::Object(_) if has("userErrors") => "{ userErrors { code } }",
        TypeKind::Object(_) if has("nodes") && has("pageInfo") => "{ nodes { __typename } }",
        TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_) => "{ __typename }",
        _ => "",
    }
}
