//! The schema as a whole.

use crate::support::settings;
use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};
use std::{env, fs, path::Path};
use tradewind::graphql::sdl;

#[test]
fn is_the_one_that_is_committed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let exported = sdl(&settings(&[]));
    if env::var("UPDATE_SCHEMA").is_ok() {
        fs::write(&path, &exported).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == exported,
        "schema.graphql differs from what the code exports. Run `UPDATE_SCHEMA=1 cargo test --test it schema` and read \
         the difference."
    );
}

#[test]
fn is_the_same_in_production() {
    assert_eq!(
        sdl(&settings(&[])),
        sdl(&settings(&[("--tradewind-env", "production")]))
    );
}

fn types() -> Vec<TypeDefinition> {
    let document = parse_schema(sdl(&settings(&[]))).unwrap();
    let types = document
        .definitions
        .into_iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
    types.collect()
}

fn fields(definition: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &definition.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        TypeKind::Interface(interface) => {
            interface.fields.iter().map(|field| &field.node).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn describes_every_type_field_argument_and_value() {
    let mut silent = Vec::new();
    for definition in types() {
        let name = &definition.name.node;
        if definition.description.is_none() {
            silent.push(name.to_string());
        }
        for field in fields(&definition)
            .iter()
            .filter(|field| field.description.is_none())
        {
            silent.push(format!("{name}.{}", field.name.node));
        }
        for field in fields(&definition) {
            let arguments = field.arguments.iter();
            let told = arguments.filter(|argument| argument.node.description.is_none());
            silent.extend(told.map(|argument| {
                format!("{name}.{}({})", field.name.node, argument.node.name.node)
            }));
        }
        match &definition.kind {
            TypeKind::InputObject(input) => silent.extend(
                input
                    .fields
                    .iter()
                    .filter(|field| field.node.description.is_none())
                    .map(|field| format!("{name}.{}", field.node.name.node)),
            ),
            TypeKind::Enum(values) => silent.extend(
                values
                    .values
                    .iter()
                    .filter(|value| value.node.description.is_none())
                    .map(|value| format!("{name}.{}", value.node.value.node)),
            ),
            _ => {}
        }
    }
    assert!(silent.is_empty(), "without a description: {silent:?}");
}

/// Lists of objects that are bounded by a rule rather than by a page; each says its bound in its description.
const BOUNDED: &[&str] = &[
    "ApiKey.scopes",
    "Cart.lines",
    "Cart.missing",
    "Cart.problems",
    "Cart.sellers",
    "Cart.vouchers",
    "CartSeller.lineIds",
    "CartSeller.shippingMethods",
    "Category.ancestors",
    "CheckoutPayload.problems",
    "CostExplanation.buckets",
    "CostExplanation.paths",
    "Facet.values",
    "Product.options",
    "ProductOption.values",
    "ProductSearchConnection.facets",
    "ProductImport.problems",
    "ProductUpdateManyPayload.items",
    "Query.nodes",
    "Query.queues",
    "Order.fulfilments",
    "Order.lines",
    "Order.voucherCodes",
    "Fulfilment.lines",
    "PasskeyRegisterPayload.recoveryCodes",
    "Payment.attempts",
    "Payment.refunds",
    "Saga.steps",
    "ShippingMethod.countries",
    "StockChange.variants",
    "StockItem.levels",
    "StockPayload.items",
    "SecondFactorChallenge.methods",
    "SecondFactors.methods",
    "SecondFactorsPayload.recoveryCodes",
    "UserError.field",
    "Variant.selectedOptions",
    "Variant.stockLevels",
];

#[test]
fn has_no_list_without_a_bound() {
    let mut unbounded = Vec::new();
    for definition in types() {
        let name = definition.name.node.as_str();
        let is_page = name.ends_with("Connection");
        for field in fields(&definition) {
            let field_name = field.name.node.as_str();
            let full_name = format!("{name}.{field_name}");
            let is_of_mutation = name.ends_with("Payload") && field_name == "userErrors";
            let of_page = is_page && matches!(field_name, "edges" | "nodes");
            let is_bounded = of_page || is_of_mutation || BOUNDED.contains(&full_name.as_str());
            if is_list(&field.ty.node) && !is_bounded {
                unbounded.push(full_name);
            }
        }
    }
    assert!(
        unbounded.is_empty(),
        "lists that are no connection: {unbounded:?}"
    );
}

fn is_list(ty: &Type) -> bool {
    matches!(ty.base, BaseType::List(_))
}

#[test]
fn pages_every_connection_alike() {
    for definition in types() {
        for field in fields(&definition) {
            let BaseType::Named(returns) = &field.ty.node.base else {
                continue;
            };
            if returns.ends_with("Connection") {
                let arguments: Vec<_> = field
                    .arguments
                    .iter()
                    .map(|argument| argument.node.name.node.as_str())
                    .collect();
                for needed in ["first", "after", "last", "before"] {
                    assert!(
                        arguments.contains(&needed),
                        "{}.{}: {needed}",
                        definition.name.node,
                        field.name.node
                    );
                }
            }
        }
    }
}
