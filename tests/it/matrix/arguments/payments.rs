//! What fields about sagas and payments are asked with.

use crate::{
    matrix::world::World,
    payments::support::{SUCCESS, global_id},
    sagas::kinds::Trip,
};
use tradewind::caller::Actor;

pub async fn of(world: &World, field: &str) -> Option<String> {
    let app = &world.app;
    Some(match field {
        "Query.saga" | "node.Saga" => format!("(id: \"{}\")", saga(world).await),
        "Query.sagas" => {
            saga(world).await;
            String::new()
        }
        "Mutation.sagaRetry" => {
            let id = saga(world).await;
            format!("(input: {{ id: \"{id}\", reason: \"matrix\" }})")
        }
        "Mutation.sagaResolve" => {
            let id = saga(world).await;
            app.execute("UPDATE saga_step SET state = 'RUNNING'").await;
            format!(
                "(input: {{ id: \"{id}\", step: \"reserve\", outcome: FAILED, reason: \"matrix\" }})"
            )
        }
        "Query.payment" | "node.Payment" => {
            let Actor::Person(buyer) = world.actor("buyerA") else {
                unreachable!("buyers have signed in");
            };
            let id = app.opened_by(SUCCESS, Some(buyer.account)).await;
            format!("(id: \"{}\")", global_id("payment", id.0))
        }
        _ => return None,
    })
}

/// A new saga that has begun.
async fn saga(world: &World) -> String {
    let id = world.app.start(&Trip::new()).await;
    let hex = id.0.simple();
    let uuid = match world.app.app.database.backend() {
        sea_orm::DbBackend::Postgres => format!("'{hex}'"),
        _ => format!("x'{hex}'"),
    };
    let step = format!(
        "INSERT INTO saga_step (saga_id, name, position, state, attempts, failures, undo_attempts, started_at) \
         SELECT id, 'reserve', 0, 'RUNNING', 1, 1, 0, created_at FROM saga WHERE id = {uuid}"
    );
    world.app.execute(&step).await;
    global_id("saga", id.0)
}
