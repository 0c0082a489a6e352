//! Who asks. Finders take a caller and show what it may see; nothing is fetched without one.

use crate::{
    app::App,
    error::{Error, Result},
    platform::telemetry::RequestId,
};
use std::ops::Deref;

/// Who or what acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Anyone: sees what the public sees.
    Anonymous,
    /// Whoever runs the marketplace. Nothing that comes over the network says so yet, since there are no accounts;
    /// who holds the process in hand can.
    Admin,
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
        Self::new(app, Actor::Anonymous, RequestId::generate())
    }

    /// `actor`, in a request of this id.
    #[must_use]
    pub fn new(app: App, actor: Actor, request_id: RequestId) -> Self {
        Self {
            app,
            actor,
            request_id,
        }
    }

    /// Lets only admins pass.
    ///
    /// # Errors
    /// Unauthenticated when nobody signed in, Forbidden for everyone else.
    pub fn require_admin(&self) -> Result<()> {
        match self.actor {
            Actor::Admin => Ok(()),
            Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }
}

impl Deref for Caller {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
