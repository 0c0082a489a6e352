//! What the handlers share.

use super::shed::Slots;
use crate::{app::App, graphql::engine::Engine};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// The edge's own things, cheap to clone.
#[derive(Clone)]
pub struct Edge(Arc<Shared>);

struct Shared {
    app: App,
    engine: Engine,
    slots: Slots,
    closing: AtomicBool,
}

impl Edge {
    /// An edge for `app`.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self(Arc::new(Shared {
            engine: Engine::new(&app.settings).sharing(app.redis.as_ref()),
            slots: Slots::new(app.settings.http_max_concurrent_requests),
            app,
            closing: AtomicBool::new(false),
        }))
    }

    /// What the server holds.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// What executes GraphQL.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Who is worked for.
    pub(super) fn slots(&self) -> &Slots {
        &self.0.slots
    }

    /// From now on the server is not ready: whoever sends it traffic should send it elsewhere.
    pub fn close(&self) {
        self.0.closing.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.0.closing.load(Ordering::Relaxed)
    }
}
