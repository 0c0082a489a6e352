//! GraphQL over HTTP.

use super::router::Edge;
use crate::{caller::Caller, platform::statements};
use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};

/// Answers one GraphQL request.
pub(super) async fn handle(
    State(edge): State<Edge>,
    Json(request): Json<async_graphql::Request>,
) -> Response {
    let caller = Caller::anonymous(edge.app.clone());
    let (answer, cost) = statements::counted(edge.engine.execute(caller, request)).await;
    (Extension(cost), Json(answer)).into_response()
}
