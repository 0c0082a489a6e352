//! Who may ask for what: every root field, every mutation and every type that `node` gives, tried by everyone, against a
//! table that people decide.

mod arguments;
mod by_key;
mod fields;
mod table;
mod world;

use crate::support::{Reply, TestApp, variable};
use fields::Field;
use serde_json::Value;
use world::{ACTORS, World};

const HOW_TO_ADD: &str = "UPDATE_MATRIX=1 cargo test --test it matrix adds their lines to tests/it/matrix/expected.txt; then decide the \
     rule and every cell that stands there as ?. What a field is asked with stands in tests/it/matrix/arguments/.";

/// Every field has a rule, nothing has one that is not there, and no cell goes against its rule.
#[test]
fn every_field_has_a_rule() {
    let (fields, lines) = (fields::all(), table::read());
    let is_listed = |field: &&Field| lines.iter().any(|line| line.field == field.name);
    let missing: Vec<_> = fields.iter().filter(|field| !is_listed(field)).collect();
    let missing: Vec<_> = missing.iter().map(|field| field.name.as_str()).collect();
    if !missing.is_empty() && variable("UPDATE_MATRIX").is_some() {
        table::add(&missing);
    }
    assert!(
        missing.is_empty(),
        "without a line: {missing:?}. {HOW_TO_ADD}"
    );
    let mut faults = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if !fields.iter().any(|field| field.name == line.field) {
            faults.push(format!(
                "{}: the schema has no such field; take the line out",
                line.field
            ));
        }
        if lines[..index].iter().any(|other| other.field == line.field) {
            faults.push(format!("{}: stands there twice", line.field));
        }
        faults.extend(table::faults(line));
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

on_both_databases! {
    async fn everyone_gets_what_the_table_says(app: TestApp) {
        let (world, lines) = (World::new(app).await, table::read());
        let (mut cells, mut faults) = (0, Vec::new());
        for field in fields::all() {
            let Some(line) = lines.iter().find(|line| line.field == field.name) else {
                faults.push(format!("{}: without a line. {HOW_TO_ADD}", field.name));
                continue;
            };
            for (column, actor) in ACTORS.into_iter().enumerate() {
                let expected = line.cells.get(column).map_or("?", String::as_str);
                let found = try_it(&world, &field, actor).await;
                cells += 1;
                if found != expected {
                    faults.push(format!("{} as {actor}: {expected} is expected, {found} comes", field.name));
                }
            }
        }
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
        assert_eq!(cells, lines.len() * ACTORS.len());
        println!("the matrix has {cells} cells, and all are as expected");
    }
}

/// What comes of asking for a field: the code of the error, `empty` or `ok`.
async fn try_it(world: &World, field: &Field, actor: &str) -> String {
    let arguments = match world.arguments(&field.name).await {
        Some(arguments) => arguments,
        None if field.needs_arguments => return "no-arguments-in-world.rs".to_owned(),
        None => String::new(),
    };
    let Field {
        operation,
        root: name,
        selection,
        ..
    } = field;
    let document = format!("{operation} {{ {name}{arguments} {selection} }}");
    outcome(&world.ask(actor, &document).await, name)
}

fn outcome(reply: &Reply, field: &str) -> String {
    let value = &reply.body["data"][field];
    let codes = [
        &reply.body["errors"][0]["extensions"]["code"],
        &value["userErrors"][0]["code"],
    ];
    if let Some(code) = codes.into_iter().find_map(Value::as_str) {
        return code.to_owned();
    }
    let is_nothing = |list: &Value| {
        list.as_array()
            .is_some_and(|items| items.iter().all(Value::is_null))
    };
    if value.is_null() || is_nothing(value) || is_nothing(&value["nodes"]) {
        return "empty".to_owned();
    }
    "ok".to_owned()
}
