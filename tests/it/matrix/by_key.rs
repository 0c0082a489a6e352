//! The same fields, asked for by keys: of no scope, and of all.

use super::{fields, outcome, table, world::World};
use crate::support::{TestApp, gql_request};
use entity::ids::ApiKeyId;
use serde_json::json;
use tradewind::{
    caller::{Actor, Means, Person},
    graphql::key_scopes::KEY_SCOPES,
    scopes::{ApiScope, Scopes},
};

on_both_databases! {
    async fn keys_get_what_their_scopes_open_and_no_more(app: TestApp) {
        let world = World::new(app).await;
        let all: Scopes = ApiScope::ALL.into_iter().collect();
        let mut faults = Vec::new();
        for line in table::read() {
            let field = fields::all().into_iter().find(|field| field.name == line.field).unwrap();
            let root = if line.field.starts_with("node.") { "Query.node" } else { &line.field };
            let scope = KEY_SCOPES.iter().find(|(name, _)| *name == root).and_then(|(_, scope)| *scope);
            for (actor, column) in [("buyerA", 1), ("admin", 7)] {
                let by_session = line.cells[column].as_str();
                let expected = match scope {
                    None => "FORBIDDEN",
                    // What is someone's own is not found by keys.
                    Some(_) if line.rule == "own" || line.rule.starts_with("own-or:") => "NOT_FOUND",
                    Some(_) => by_session,
                };
                for (scopes, expected) in [(Scopes::default(), "FORBIDDEN"), (all, expected)] {
                    let arguments = world.arguments(&field.name).await.unwrap_or_default();
                    let document = format!("{} {{ {}{arguments} {} }}", field.operation, field.root, field.selection);
                    let by_key = by_key(world.actor(actor), scopes);
                    let request = gql_request(by_key, &document, &json!({}));
                    let reply = match field.operation {
                        "subscription" => world.app.subscribed(request).await,
                        _ => world.app.send(request).await,
                    };
                    let found = outcome(&reply, &field.root);
                    if found != expected {
                        faults.push(format!("{} as {actor} by a key for {:?}: {expected} is expected, {found} comes", field.name, scopes.written()));
                    }
                }
            }
        }
        assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    }

    /// A scope for each field, and no other, is enough for those who may ask for it.
    async fn one_scope_is_enough_and_no_other_is(app: TestApp) {
        let world = World::new(app).await;
        for (field, needed) in KEY_SCOPES.iter().filter_map(|(name, scope)| Some((*name, (*scope)?))) {
            let Some(field) = fields::all().into_iter().find(|known| known.name == field && known.operation == "query") else {
                continue;
            };
            for scope in ApiScope::ALL {
                let arguments = world.arguments(&field.name).await.unwrap_or_default();
                let document = format!("{{ {}{arguments} {} }}", field.root, field.selection);
                let by_key = by_key(world.actor("admin"), [scope].into_iter().collect());
                let reply = world.app.send(gql_request(by_key, &document, &json!({}))).await;
                let found = outcome(&reply, &field.root);
                assert_eq!(found == "FORBIDDEN", scope != needed, "{} by {scope:?}: {found}", field.name);
                if found == "FORBIDDEN" {
                    let message = reply.body["errors"][0]["message"].as_str().unwrap();
                    assert!(message.contains(needed.name()) && message.contains(&field.root), "{message}");
                }
            }
        }
    }
}

fn by_key(actor: Actor, scopes: Scopes) -> Actor {
    let Actor::Person(person) = actor else {
        unreachable!("only people have keys");
    };
    let id = ApiKeyId::generate();
    Actor::Person(Person {
        means: Means::Key { id, scopes },
        ..person
    })
}
