//! The routes.

use super::graphql;
use crate::{
    app::App,
    graphql::{engine::Engine, schema},
};
use axum::{Router, routing::post};
use std::sync::Arc;

/// What the handlers share.
#[derive(Clone)]
pub(super) struct Edge {
    pub(super) app: App,
    pub(super) engine: Arc<Engine>,
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let engine = Arc::new(Engine::new(schema(&app.settings)));
    Router::new()
        .route("/graphql", post(graphql::handle))
        .with_state(Edge { app, engine })
}
