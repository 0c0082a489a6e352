//! Who asks. Finders take a caller and show what it may see; nothing is fetched without one.

use crate::{
    app::App,
    error::{Error, Result},
    permissions::{Permission, permissions_of},
    platform::telemetry::RequestId,
};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, SessionId};
pub use entity::role::Role;
use std::ops::Deref;

/// Who or what acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Anyone: sees what the public sees.
    Anonymous,
    /// Someone who signed in.
    Person(Person),
    /// Whoever holds the process in hand: the command line, on the server's own machine. Nothing that comes over the
    /// network becomes this.
    Operator,
}

/// Someone who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// The session in which it acts.
    pub session: SessionId,
    /// What it may do beyond what it owns.
    pub role: Role,
    /// When it last showed a second factor in this session.
    pub stepped_up_at: Option<DateTime<Utc>>,
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

    /// Lets only those pass whose role has `permission`.
    ///
    /// # Errors
    /// Unauthenticated when nobody signed in, Forbidden for everyone else.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match self.actor {
            Actor::Operator => Ok(()),
            Actor::Person(person) if permissions_of(person.role).contains(&permission) => Ok(()),
            Actor::Person(_) => Err(Error::Forbidden),
            Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }

    /// Lets only people pass who signed in.
    ///
    /// # Errors
    /// Unauthenticated.
    pub fn require_person(&self) -> Result<Person> {
        match self.actor {
            Actor::Person(person) => Ok(person),
            Actor::Operator | Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }
}

impl Deref for Caller {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
