//! Documents made by chance from the schema: never does more come than was counted before, and the buckets hold what they should.

use super::{HOME, slow, with};
use crate::support::{TestApp, settings};
use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Instant};
use tradewind::{caller::Actor, graphql::sdl};

/// How many documents there are on each database.
const DOCUMENTS: usize = 60;

on_both_databases! {
    async fn never_comes_more_than_was_counted(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let roots = roots(&app).await;
        // How much a document may be is not the matter here.
        let large = [
            ("--graphql-max-aliases", "10000"),
            ("--graphql-max-complexity", "10000000"),
            ("--graphql-max-directives", "10000"),
            ("--graphql-max-document-bytes", "1000000"),
            ("--graphql-max-selections", "1000000"),
            ("--graphql-max-tokens", "100000"),
        ];
        let app = with(app, &[&slow("0", "1000000000")[..], &large].concat()).await;
        let mut maker = Maker::new();
        let (mut left, mut last) = (1_000_000_000, Instant::now());
        let (mut whole_requested, mut whole_actual) = (0, 0);
        for _ in 0..DOCUMENTS {
            let document = maker.document(&roots);
            let variables = json!({ "yes": true, "no": false, "few": 2 });
            let reply = app.ask_from(HOME, Actor::Anonymous, &document, variables).await;
            assert!(reply.body["data"].is_object(), "{document}\n{:#}", reply.body);
            let (requested, actual) = reply.cost();
            assert!(actual <= requested, "{actual} of {requested}: {document}");
            left -= actual;
            let restored = last.elapsed().as_secs() + 2;
            assert!((left..=left + restored).contains(&reply.available()), "{left}: {:#}", reply.body["extensions"]);
            (left, last) = (reply.available(), Instant::now());
            whole_requested += requested;
            whole_actual += actual;
        }
        println!("{DOCUMENTS} documents: {whole_requested} points might have come, {whole_actual} came");
        assert!(whole_actual > 10 * DOCUMENTS as u64, "{whole_actual}: something came");
    }
}

/// Where documents begin, and of which type that is.
async fn roots(app: &TestApp) -> Vec<(String, &'static str)> {
    let document = "{ products(first: 3) { nodes { id slug seller { id handle } reviews(first: 1) { nodes { id author { id } } } variants(first: 1) { nodes { id } } } }
        categories(first: 2) { nodes { id slug } } }";
    let reply = app.gql(document, Value::Null).await;
    let data = reply.data();
    let product = &data["products"]["nodes"][1];
    let ids = [
        &product["id"],
        &product["seller"]["id"],
        &product["variants"]["nodes"][0]["id"],
        &data["categories"]["nodes"][0]["id"],
        &json!("product_01h455vb4pex5vsknk084sn02q"),
    ]
    .map(ToString::to_string);
    vec![
        ("products(first: $few)".to_owned(), "ProductConnection"),
        ("products(last: 3)".to_owned(), "ProductConnection"),
        (
            "search(query: \"jacket\", facets: [TAG, SELLER, OPTION], first: 4)".to_owned(),
            "ProductSearchConnection",
        ),
        ("sellers(first: 2)".to_owned(), "SellerConnection"),
        ("categories(first: 4)".to_owned(), "CategoryConnection"),
        ("reviews(first: 3)".to_owned(), "ReviewConnection"),
        (format!("product(slug: {})", product["slug"]), "Product"),
        (
            format!("seller(handle: {})", product["seller"]["handle"]),
            "Seller",
        ),
        (
            format!("category(slug: {})", data["categories"]["nodes"][0]["slug"]),
            "Category",
        ),
        (format!("node(id: {})", ids[0]), "Node"),
        (format!("nodes(ids: [{}])", ids.join(", ")), "Node"),
        ("viewer".to_owned(), "Viewer"),
    ]
}

struct Maker {
    types: BTreeMap<String, Vec<FieldDefinition>>,
    nodes: Vec<String>,
    chance: fastrand::Rng,
    aliases: usize,
    fragments: Vec<String>,
}

impl Maker {
    fn new() -> Self {
        let mut types = BTreeMap::new();
        let mut nodes = Vec::new();
        for definition in parse_schema(sdl(&settings(&[]))).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let definition = definition.node;
            let name = definition.name.node.to_string();
            let fields = match definition.kind {
                TypeKind::Object(object) => {
                    if object
                        .implements
                        .iter()
                        .any(|interface| interface.node == "Node")
                    {
                        nodes.push(name.clone());
                    }
                    object.fields
                }
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            types.insert(name, fields.into_iter().map(|field| field.node).collect());
        }
        Self {
            types,
            nodes,
            chance: fastrand::Rng::with_seed(7),
            aliases: 0,
            fragments: Vec::new(),
        }
    }

    fn document(&mut self, roots: &[(String, &str)]) -> String {
        self.fragments.clear();
        let mut fields = String::new();
        for _ in 0..self.chance.usize(1..=3) {
            let (root, ty) = self.chance.choice(roots).unwrap();
            let (alias, inside) = (self.alias(), self.selection(ty, 4));
            fields.push_str(&format!("{alias}: {root} {inside} "));
        }
        // Each variable has to be used somewhere, and on `__typename` the library takes no notice of it.
        let document = format!(
            "query($yes: Boolean!, $no: Boolean!, $few: Int!) {{ {fields}
             few: products(first: $few) @include(if: $yes) {{ nodes {{ id }} }} no: sellers(first: 1) @include(if: $no) {{ nodes {{ id }} }} }}"
        );
        format!("{document} {}", self.fragments.join(" "))
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("a{}", self.aliases)
    }

    fn selection(&mut self, ty: &str, depth: usize) -> String {
        let mut selected = vec!["__typename".to_owned()];
        for field in self.types[ty].clone() {
            let name = field.name.node.as_str();
            let wanted = if ["nodes", "edges", "node"].contains(&name) {
                0.8
            } else {
                0.3
            };
            if self.chance.f64() > wanted {
                continue;
            }
            let returns = named(&field.ty.node);
            if !self.types.contains_key(returns) {
                selected.push(name.to_owned());
            } else if depth > 0 {
                let below = if returns.ends_with("Edge") || ty.ends_with("Edge") {
                    depth
                } else {
                    depth - 1
                };
                let inside = self.selection(returns, below);
                let directive = *self
                    .chance
                    .choice(&[
                        "",
                        "",
                        "",
                        "@include(if: $yes)",
                        "@skip(if: $yes)",
                        "@skip(if: $no)",
                    ])
                    .unwrap();
                if returns.ends_with("Connection") {
                    let (alias, first) = (self.alias(), self.chance.usize(1..=3));
                    selected.push(format!(
                        "{alias}: {name}(first: {first}) {directive} {inside}"
                    ));
                } else {
                    selected.push(format!("{name} {directive} {inside}"));
                }
            }
        }
        if ty == "Node" {
            for _ in 0..3 {
                let kind = self.chance.choice(&self.nodes).unwrap().clone();
                let inside = self.selection(&kind, depth.saturating_sub(1));
                // Of another type the same field may be something else.
                let inside = inside.replace(" name ", " ");
                selected.push(format!("... on {kind} {inside}"));
            }
        }
        let selected = format!("{{ {} }}", selected.join(" "));
        match self.chance.u8(0..6) {
            0 => format!("{{ ... {selected} }}"),
            1 => {
                let name = format!("F{}", self.fragments.len());
                self.fragments
                    .push(format!("fragment {name} on {ty} {selected}"));
                format!("{{ ...{name} ...{name} }}")
            }
            _ => selected,
        }
    }
}

fn named(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}
