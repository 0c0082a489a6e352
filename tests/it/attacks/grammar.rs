//! Documents made from the schema's grammar, by the thousand: none is a fault of the server. The same generator feeds the fuzz
//! targets in `fuzz/`.

#[path = "../../../fuzz/src/grammar.rs"]
mod made;

use crate::support::{TestApp, admin, gql_request, variable};
use fastrand::Rng;
use made::{Choices, Grammar, Made};
use serde_json::json;
use tradewind::{caller::Actor, graphql::sdl};

/// How many are made of each kind; `GRAMMAR_DOCUMENTS` asks for more.
fn number() -> u64 {
    variable("GRAMMAR_DOCUMENTS").map_or(400, |number| number.parse().unwrap())
}

fn make(grammar: &Grammar, root: &str, seed: u64) -> Made {
    let mut rng = Rng::with_seed(seed);
    let length = rng.usize(10..400);
    let bytes: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(length).collect();
    grammar.request(root, &mut Choices::new(&bytes))
}

/// Sends them, and returns how many were executed.
async fn ask(app: &TestApp, actor: Actor, root: &str) -> u64 {
    let grammar = Grammar::from_sdl(&sdl(&app.app.settings));
    let mut executed = 0;
    for seed in 0..number() {
        let made = make(&grammar, root, seed);
        let reply = app
            .send(gql_request(actor, &made.document, &made.variables))
            .await;
        let context = || format!("seed {seed}: {made:?}\n{:#}", reply.body);
        assert!(reply.status.as_u16() < 500, "{}", context());
        assert!(
            !reply.body.to_string().contains("INTERNAL_ERROR"),
            "{}",
            context()
        );
        executed += u64::from(reply.body["data"].is_object());
    }
    let next = app.gql("{ __typename }", json!({})).await;
    assert_eq!(next.data()["__typename"], "Query");
    executed
}

on_both_databases! {
    async fn no_query_is_a_fault_of_the_server(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let executed = ask(&app, Actor::Anonymous, "Query").await;
        // Otherwise little was tried.
        assert!(executed > number() / 6, "{executed}");
        ask(&app, admin(), "Query").await;
    }

    async fn no_mutation_is_a_fault_of_the_server(app: TestApp) {
        ask(&app, Actor::Anonymous, "Mutation").await;
    }
}
