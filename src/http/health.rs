//! Whether the server lives, and whether it may take traffic.

use super::edge::Edge;
use crate::{error::Result, platform::migrations};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::time::Duration;

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The process runs and answers; nothing more.
pub(super) async fn alive() -> Response {
    Json(json!({ "status": "alive" })).into_response()
}

/// Ready when the database answers, has every migration, and the server is not about to stop.
pub(super) async fn ready(State(edge): State<Edge>) -> Response {
    let mut reasons = Vec::new();
    if edge.is_closing() {
        reasons.push("The server is stopping.");
    }
    match tokio::time::timeout(PATIENCE, is_migrated(&edge)).await {
        Ok(Ok(true)) => {}
        Ok(Ok(false)) => reasons.push("Migrations are missing. Run `tradewind migrate up`."),
        Ok(Err(error)) => {
            tracing::warn!(error = error.for_operator(), "the database fails");
            reasons.push("The database does not answer.");
        }
        Err(_) => reasons.push("The database does not answer in time."),
    }
    if reasons.is_empty() {
        let mut body = json!({ "status": "ready" });
        if let Some(redis) = &edge.app().redis
            && !redis.answers().await
        {
            // No reason to send requests elsewhere: others would miss it as well.
            body["notices"] =
                json!(["Redis does not answer. Each process counts limits by itself."]);
        }
        Json(body).into_response()
    } else {
        let body = json!({ "status": "unready", "reasons": reasons });
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }
}

async fn is_migrated(edge: &Edge) -> Result<bool> {
    let database = &edge.app().database;
    database.read().execute_unprepared("SELECT 1").await?;
    migrations::are_current(database).await
}
