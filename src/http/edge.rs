//! What the handlers share.

use super::{seats::Seats, shed::Slots};
use crate::{app::App, graphql::engine::Engine};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The edge's own things, cheap to clone.
#[derive(Clone)]
pub struct Edge(Arc<Shared>);

struct Shared {
    app: App,
    engine: Arc<Engine>,
    slots: Slots,
    seats: Seats,
    closing: CancellationToken,
}

impl Edge {
    /// An edge for `app`.
    #[must_use]
    pub fn new(app: App) -> Self {
        Self(Arc::new(Shared {
            engine: Engine::new(&app.settings, app.redis.as_ref(), Arc::clone(&app.purger)),
            slots: Slots::new(app.settings.http_max_concurrent_requests),
            seats: Seats::new(&app.settings.subscriptions),
            app,
            closing: CancellationToken::new(),
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

    /// Who keeps a connection open.
    pub(super) fn seats(&self) -> &Seats {
        &self.0.seats
    }

    /// From now on the server is not ready: whoever sends it traffic should send it elsewhere, and what stays open ends.
    pub fn close(&self) {
        self.0.closing.cancel();
    }

    pub(super) fn is_closing(&self) -> bool {
        self.0.closing.is_cancelled()
    }

    /// Cancelled when the server stops.
    pub(super) fn closing(&self) -> &CancellationToken {
        &self.0.closing
    }
}
