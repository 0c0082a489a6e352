//! What fields about jobs and the audit log are asked with.

use crate::matrix::world::World;

pub async fn of(world: &World, field: &str) -> Option<String> {
    Some(match field {
        "Query.job" | "node.Job" => format!("(id: \"{}\")", world.job().await),
        "Query.jobs" | "Query.queues" | "Query.auditLog" => {
            // So that there is something to be seen.
            world.steered().await;
            String::new()
        }
        "Mutation.jobRetry" | "Mutation.jobDiscard" => {
            format!("(input: {{ id: \"{}\" }})", world.job().await)
        }
        "Mutation.queuePause" | "Mutation.queueResume" => {
            "(input: { name: \"events\" })".to_owned()
        }
        _ => return None,
    })
}
