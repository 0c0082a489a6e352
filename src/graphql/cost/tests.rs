//! Tests: what operations cost, by the schema itself.

use super::{
    coming::Coming,
    plan::Plan,
    schema::Costs,
    weights::{FIELDS, Rule},
};
use crate::graphql::builder;
use async_graphql::{
    Value, Variables,
    parser::{
        parse_query, parse_schema,
        types::{BaseType, FieldDefinition, TypeKind, TypeSystemDefinition},
    },
};
use serde_json::json;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

static SDL: LazyLock<String> = LazyLock::new(|| builder().finish().sdl());
static COSTS: LazyLock<Costs> = LazyLock::new(|| Costs::from_sdl(&SDL).unwrap());

fn plan(document: &str) -> Plan {
    let document = parse_query(document).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    Plan::new(&COSTS, &operation.node, &document.fragments)
}

fn requested(document: &str, variables: serde_json::Value) -> u32 {
    let variables = Variables::from_json(variables);
    plan(document).requested(&variables).points
}

/// What it cost that was answered with `data`.
fn actual(document: &str, variables: serde_json::Value, data: serde_json::Value) -> u32 {
    let plan = Arc::new(plan(document));
    let requested = plan.requested(&Variables::from_json(variables));
    let coming = Coming::new(&plan, &requested);
    coming.total(&requested, &Value::from_json(data).unwrap())
}

#[test]
fn objects_cost_one_and_what_they_hold_nothing() {
    for (document, points) in [
        ("{ __typename }", 1),
        ("{ product(slug: \"a\") { id name slug version } }", 1),
        (
            "{ product(slug: \"a\") { name seller { name } rating { average } } }",
            3,
        ),
        (
            "{ product(slug: \"a\") { priceRange { min { amount } max { amount } } } }",
            4,
        ),
        (
            "{ a: product(slug: \"a\") { id } b: product(slug: \"b\") { id } }",
            2,
        ),
        ("{ nonsense { of { all } kinds } }", 1),
    ] {
        assert_eq!(requested(document, json!({})), points, "{document}");
    }
}

#[test]
fn pages_multiply() {
    for (document, points) in [
        ("{ products { nodes { name } } }", 2 + 20),
        (
            "{ products(first: 5) { nodes { priceRange { min { amount } } } } }",
            2 + 5 * 3,
        ),
        ("{ products(last: 7) { nodes { id } } }", 2 + 7),
        (
            "{ products(first: 5) { totalCount pageInfo { hasNextPage } edges { cursor node { id } } } }",
            2 + 5 + 5,
        ),
        ("{ products(first: 5) { totalCount } }", 2 + 5),
        // What is refused anyway is counted as what is nearest to it.
        ("{ products(first: 5000) { nodes { id } } }", 2 + 100),
        ("{ products(first: -5) { nodes { id } } }", 2 + 1),
        (
            "{ products(first: 10) { nodes { variants(first: 3) { nodes { price { amount } } }
               reviews(first: 2) { nodes { author { displayName } } } } } }",
            2 + 10 * (1 + (2 + 3 * 2) + (2 + 2 * 2)),
        ),
        (
            "{ products(first: 100) { nodes { variants(first: 100) { nodes { id } } reviews(first: 100) { nodes { id } } } } }",
            2 + 100 * (1 + 102 + 102),
        ),
    ] {
        assert_eq!(requested(document, json!({})), points, "{document}");
    }
}

#[test]
fn what_is_peculiar_is_weighed() {
    for (document, points) in [
        (
            "mutation { queuePause(input: { name: \"a\" }) { userErrors { code } } }",
            10,
        ),
        (
            "mutation { a: queuePause(input: { name: \"a\" }) { queue { name } } b: queueResume(input: { name: \"a\" }) { queue { name } } }",
            2 * (10 + 1),
        ),
        (
            "{ search(query: \"a\", first: 10, facets: [TAG]) { totalCount facets { values { value } } nodes { id } } }",
            10 + 5 + 50 + 10,
        ),
        ("{ category(slug: \"a\") { ancestors { slug } } }", 1 + 32),
        (
            "{ category(slug: \"a\") { ancestors { parent { slug } } } }",
            1 + 32 * 2,
        ),
        ("{ queues { name } }", 10),
        ("{ __schema { types { fields { name } } } }", 100),
        ("{ __type(name: \"Query\") { name } }", 10),
        (
            "{ explainCost(document: \"{ a }\") { requested paths { path } } }",
            20,
        ),
        (
            "mutation { productUpdateMany(input: { items: [{}, {}] }) { items { product { id } userErrors { code } } } }",
            2 * (10 + 1),
        ),
        (
            "mutation { productUpdateMany(input: { items: [] }) { userErrors { code } } }",
            10,
        ),
    ] {
        assert_eq!(requested(document, json!({})), points, "{document}");
    }
}

#[test]
fn variables_and_their_defaults_say_how_many() {
    let document = "query($n: Int = 7, $m: Int) { products(first: $n, last: $m) { nodes { id } } }";
    for (variables, size) in [
        (json!({}), 7),
        (json!({ "n": 3 }), 3),
        (json!({ "n": null, "m": 4 }), 4),
        (json!({ "n": 1_000_000 }), 100),
    ] {
        assert_eq!(
            requested(document, variables.clone()),
            2 + size,
            "{variables}"
        );
    }
    let nodes = "query($ids: [ID!]! = [\"a\"]) { nodes(ids: $ids) { id } }";
    assert_eq!(requested(nodes, json!({ "ids": ["a", "b", "c"] })), 3);
    assert_eq!(requested(nodes, json!({ "ids": "a" })), 1);
    assert_eq!(requested(nodes, json!({})), 1);
    let many = "mutation($input: ProductUpdateManyInput!) { productUpdateMany(input: $input) { items { product { id } } } }";
    assert_eq!(
        requested(many, json!({ "input": { "items": [{}, {}, {}] } })),
        33
    );
    let items = "mutation($items: [ProductUpdateInput!]!) { productUpdateMany(input: { items: $items }) { items { product { id } } } }";
    assert_eq!(requested(items, json!({ "items": [{}, {}] })), 22);
}

#[test]
fn what_is_left_out_costs_nothing() {
    let document = "query($with: Boolean!, $not: Boolean! = true) { products(first: 10) { nodes {
        seller @include(if: $with) { id } ... @skip(if: $not) { category { id } } rating @skip(if: true) { count } ...F @include(if: $with) } } }
        fragment F on Product { priceRange { min { amount } } }";
    assert_eq!(requested(document, json!({ "with": false })), 2 + 10);
    assert_eq!(requested(document, json!({ "with": true })), 2 + 10 * 4);
    assert_eq!(
        requested(document, json!({ "with": true, "not": false })),
        2 + 10 * 5
    );
    // A field that is left out in one place and asked for in another comes once.
    let twice = "query($with: Boolean!) { product(slug: \"a\") { seller @skip(if: $with) { id } seller { id } } }";
    let data = json!({ "product": { "seller": { "id": "a" } } });
    assert_eq!(requested(twice, json!({ "with": true })), 2);
    assert_eq!(actual(twice, json!({ "with": true }), data), 2);
}

#[test]
fn an_object_is_of_one_type_only() {
    let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id
        ... on Product { seller { id } variants(first: 2) { nodes { id } } } ...R ... on Review { author { id } } } }
        fragment R on Review { product { id } }";
    let variables = json!({ "ids": ["a", "b", "c"] });
    assert_eq!(requested(document, variables.clone()), 3 * (1 + 1 + 2 + 2));
    let data = json!({ "nodes": [
        { "id": "a", "seller": { "id": "s" }, "variants": { "nodes": [{ "id": "v" }] } },
        null,
        { "id": "c", "author": { "id": "p" }, "product": { "id": "a" } },
    ] });
    assert_eq!(
        actual(document, variables, data),
        (1 + 1 + 2 + 1) + (1 + 1 + 1)
    );
}

#[test]
fn fragments_cost_wherever_they_are_spread() {
    assert_eq!(
        requested(
            "{ products(first: 2) { ...P } product(slug: \"a\") { ...Q } }
             fragment P on ProductConnection { totalCount nodes { ...Q } }
             fragment Q on Product { id seller { id } reviews(first: 3) { nodes { id } } }",
            json!({})
        ),
        (2 + 5 + 2 * (1 + 1 + 2 + 3)) + (1 + 1 + 2 + 3)
    );
}

/// A document of this size would otherwise take until the end of the world.
#[test]
fn fragments_are_added_up_once() {
    let mut document = "{ product(slug: \"a\") { ...F0 } }".to_owned();
    for level in 0..60 {
        let spreads = format!("...F{} ", level + 1).repeat(8);
        document.push_str(&format!(" fragment F{level} on Product {{ {spreads} }}"));
    }
    document.push_str(" fragment F60 on Product { seller { id } }");
    assert_eq!(requested(&document, json!({})), u32::MAX);
    let open = "... on Node { ... on Product { ".repeat(30);
    let nested = format!(
        "{{ node(id: \"a\") {{ {open} seller {{ id }} {} }}",
        "} } ".repeat(30) + "}"
    );
    assert_eq!(requested(&nested, json!({})), 2);
    assert_eq!(
        plan(&nested).dearest_paths(&Variables::default(), 10).len(),
        2
    );
}

#[test]
fn only_what_came_is_paid_for() {
    let document = "{ products(first: 10) { totalCount nodes { id seller { id } variants(first: 5) { nodes { price { amount } } } } }
        other: product(slug: \"a\") { seller { id } } }";
    assert_eq!(
        requested(document, json!({})),
        2 + 5 + 10 * (1 + 1 + 2 + 5 * 2) + 2
    );
    let variant = json!({ "price": { "amount": "1.00" } });
    let product = |variants: usize| json!({ "id": "a", "seller": { "id": "s" }, "variants": { "nodes": vec![variant.clone(); variants] } });
    let data = json!({ "products": { "totalCount": 2, "nodes": [product(3), product(0)] }, "other": null });
    assert_eq!(
        actual(document, json!({}), data),
        2 + 5 + (1 + 1 + 2 + 6) + (1 + 1 + 2)
    );
    assert_eq!(actual(document, json!({}), json!(null)), 1);
    // A mutation was tried, whatever came of it.
    let document = "mutation { queuePause(input: { name: \"a\" }) { queue { name } } }";
    assert_eq!(
        actual(
            document,
            json!({}),
            json!({ "queuePause": { "queue": null } })
        ),
        10
    );
    assert_eq!(actual(document, json!({}), json!(null)), 10);
    let found = json!({ "queuePause": { "queue": { "name": "a" } } });
    assert_eq!(actual(document, json!({}), found), 11);
}

#[test]
fn the_dearest_paths_are_named() {
    let document = "query($n: Int!) { list: products(first: $n) { nodes { variants(first: 3) { nodes { price { amount } } } } } search(query: \"a\") { nodes { id } } }";
    let variables = Variables::from_json(json!({ "n": 50 }));
    let paths = plan(document).dearest_paths(&variables, 3);
    let told: Vec<_> = paths
        .iter()
        .map(|path| (path.path.as_str(), path.cost, path.times, path.why()))
        .collect();
    let times = "150 times: list 50 × variants 3";
    assert_eq!(
        told,
        [
            (
                "list.nodes.variants.nodes",
                150,
                150,
                format!("1 point for an object, {times}")
            ),
            (
                "list.nodes.variants.nodes.price",
                150,
                150,
                format!("1 point for an object, {times}")
            ),
            (
                "list.nodes.variants",
                100,
                50,
                "2 points for a page, 50 times: list 50".to_owned()
            ),
        ]
    );
    // Together they are the whole.
    let all = plan(document).dearest_paths(&variables, 100);
    let sum: u32 = all.iter().map(|path| path.cost).sum();
    assert_eq!(sum, plan(document).requested(&variables).points);
}

/// The composite types, with their fields.
fn types() -> HashMap<String, Vec<FieldDefinition>> {
    let definitions = parse_schema(&*SDL).unwrap().definitions.into_iter();
    let types = definitions.filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => {
            let definition = definition.node;
            let fields = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let fields = fields.into_iter().map(|field| field.node).collect();
            Some((definition.name.node.to_string(), fields))
        }
        _ => None,
    });
    types.collect()
}

#[test]
fn the_table_names_what_the_schema_has() {
    let types = types();
    for (name, rule) in FIELDS {
        let (on, field) = name.split_once('.').unwrap();
        if field.starts_with("__") {
            continue;
        }
        let fields = types.get(on).unwrap_or_else(|| panic!("{on} is no type"));
        let field = fields.iter().find(|known| known.name.node == field);
        let field = field.unwrap_or_else(|| panic!("{name} is no field"));
        if let Rule::PerEntry(place) = rule {
            let mut arguments = field.arguments.iter();
            assert!(
                arguments.any(|known| known.node.name.node == place[0]),
                "{name}: {place:?}"
            );
        }
    }
}

/// Otherwise more could come than was paid for.
#[test]
fn every_list_of_objects_has_a_bound() {
    let types = types();
    for (on, fields) in &types {
        for field in fields {
            let BaseType::List(item) = &field.ty.node.base else {
                continue;
            };
            let BaseType::Named(item) = &item.base else {
                panic!("{on}.{}: a list of lists", field.name.node);
            };
            let name = format!("{on}.{}", field.name.node);
            let is_of_page = on.ends_with("Connection")
                && ["edges", "nodes"].contains(&field.name.node.as_str());
            let is_free = field.name.node == "userErrors";
            // What is explained, counted or queued is paid for as a whole.
            let is_whole = ["CostExplanation", "Facet"].contains(&on.as_str());
            let is_listed = FIELDS.iter().any(|(listed, _)| *listed == name);
            assert!(
                !types.contains_key(item.as_str())
                    || is_of_page
                    || is_free
                    || is_whole
                    || is_listed,
                "{name}: say in src/graphql/cost/weights.rs how many it has at most"
            );
        }
    }
}

/// What counting takes, for the page that everything is measured by.
#[test]
#[ignore = "measures, and asserts nothing"]
fn measure_counting() {
    let document = "query Page($first: Int) { products(first: $first) { pageInfo { hasNextPage endCursor } nodes {
        id slug name inStock priceRange { min { amount currency } max { amount currency } } rating { average count }
        seller { id handle name } variants(first: 3) { nodes { id sku name price { amount currency } } }
        reviews(first: 3) { nodes { id rating title author { id displayName } } } } } }";
    let money = json!({ "amount": "1.00", "currency": "EUR" });
    let variant = json!({ "id": "a", "sku": "a", "name": "a", "price": money });
    let review = json!({ "id": "a", "rating": 1, "title": "a", "author": { "id": "a", "displayName": "a" } });
    let product = json!({
        "id": "a", "slug": "a", "name": "a", "inStock": true, "priceRange": { "min": money, "max": money },
        "rating": { "average": "4.00", "count": 1 }, "seller": { "id": "a", "handle": "a", "name": "a" },
        "variants": { "nodes": vec![variant; 3] }, "reviews": { "nodes": vec![review; 3] },
    });
    let data = json!({ "products": { "pageInfo": {}, "nodes": vec![product; 20] } });
    let (data, variables) = (
        Value::from_json(data).unwrap(),
        Variables::from_json(json!({ "first": 20 })),
    );
    let parsed = parse_query(document).unwrap();
    let (_, operation) = parsed.operations.iter().next().unwrap();
    let plan = plan(document);
    let requested = plan.requested(&variables);
    let took = |what: &str, work: &dyn Fn()| {
        let began = std::time::Instant::now();
        (0..1_000).for_each(|_| work());
        println!("{what}: {:?}", began.elapsed() / 1_000);
    };
    println!(
        "{} points may come, {} came",
        requested.points,
        plan.came(&requested, &data)
    );
    took("a plan, once for a document", &|| {
        Plan::new(&COSTS, &operation.node, &parsed.fragments);
    });
    took("what may come", &|| {
        plan.requested(&variables);
    });
    took("what came", &|| {
        plan.came(&requested, &data);
    });
}
