//! Who asks. Finders take a caller and show what it may see; nothing is fetched without one.

use crate::{app::App, platform::telemetry::RequestId};
use std::ops::Deref;

/// Who or what acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Anyone: sees what the public sees.
    Anonymous,
}

/// A request's view of the server: the server's own things, and who asks.
#[derive(Clone)]
pub struct Caller {
    app: App,
    /// Who asks.
    pub actor: Actor,
    /// The request in which it asks.
    pub request_id: RequestId,
}

impl Caller {
    /// A caller that showed no credentials.
    #[must_use]
    pub fn anonymous(app: App) -> Self {
        Self::anonymous_in(app, RequestId::generate())
    }

    /// The same, in a request whose id is known.
    #[must_use]
    pub fn anonymous_in(app: App, request_id: RequestId) -> Self {
        Self {
            app,
            actor: Actor::Anonymous,
            request_id,
        }
    }
}

impl Deref for Caller {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
