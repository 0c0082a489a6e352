//! Who asks. Finders take a caller and show what it may see; nothing is fetched without one.

use crate::{
    app::App,
    error::{Error, Result},
    permissions::{Permission, permissions_of},
    platform::{
        cache::{CacheTag, Recorder},
        database::walls::Writer,
        narrow::Asked,
        rate_limits::{Limit, address_key},
        telemetry::RequestId,
    },
    scopes::{ApiScope, Scopes, scope_of},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::{AccountId, ApiKeyId, SessionId};
pub use entity::role::Role;
use std::{net::IpAddr, ops::Deref, sync::Arc};

/// For how long a second factor opens what asks for one.
const STEP_UP_LASTS: TimeDelta = TimeDelta::minutes(10);

/// Who or what acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Anyone: sees what the public sees.
    Anonymous,
    /// Someone who signed in, or a program with one of its keys.
    Person(Person),
    /// Whoever holds the process in hand: the command line, on the server's own machine. Nothing that comes over the
    /// network becomes this.
    Operator,
}

/// Someone with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub account: AccountId,
    /// What it may do beyond what it owns.
    pub role: Role,
    /// By what it acts.
    pub means: Means,
}

/// By what someone acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// A session: the person itself.
    Session {
        /// The session.
        id: SessionId,
        /// When it last showed a second factor in it.
        stepped_up_at: Option<DateTime<Utc>>,
    },
    /// A key: a program of the person's, which may do no more than the key's scopes say.
    Key {
        /// The key.
        id: ApiKeyId,
        /// What it is good for.
        scopes: Scopes,
    },
}

impl Person {
    /// The session in which it acts; nothing where it acts by a key.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        match self.means {
            Means::Session { id, .. } => Some(id),
            Means::Key { .. } => None,
        }
    }

    /// Whether its role has `permission`, and what it acts by does not keep it from it.
    fn may(&self, permission: Permission) -> bool {
        let is_open = match self.means {
            Means::Session { .. } => true,
            Means::Key { scopes, .. } => {
                scope_of(permission).is_some_and(|scope| scopes.contains(scope))
            }
        };
        is_open && permissions_of(self.role).contains(&permission)
    }
}

/// From where someone asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address, where it is known.
    pub ip: Option<IpAddr>,
    /// What the program says of itself, cut short.
    pub user_agent: String,
}

/// A request's view of the server: the server's own things, and who asks.
#[derive(Clone)]
pub struct Caller {
    app: App,
    /// Who asks.
    pub actor: Actor,
    /// The request in which it asks.
    pub request_id: RequestId,
    /// From where it asks.
    pub client: Arc<Client>,
    /// Where an answer that may be kept is made: what it is made of.
    recorder: Option<Arc<Recorder>>,
    /// What it asks for by name, where it is known and only reads.
    asked: Option<Arc<Asked>>,
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
            client: Arc::default(),
            recorder: None,
            asked: None,
        }
    }

    /// The same, asking from there.
    #[must_use]
    pub fn at(self, client: Client) -> Self {
        Self {
            client: Arc::new(client),
            ..self
        }
    }

    /// The same, with what it reads written down.
    #[must_use]
    pub fn recorded_by(self, recorder: Arc<Recorder>) -> Self {
        Self {
            recorder: Some(recorder),
            ..self
        }
    }

    /// The same, that will be shown no more than `asked`: lists hold no more of their rows.
    #[must_use]
    pub fn asking_for(self, asked: Arc<Asked>) -> Self {
        Self {
            asked: Some(asked),
            ..self
        }
    }

    /// What it will be shown; nothing where that may be anything.
    pub(crate) fn asked(&self) -> Option<&Asked> {
        self.asked.as_deref()
    }

    /// The same, in the name of `actor`.
    #[must_use]
    pub fn acting_as(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    /// Whether it is provably shown what everyone is: no more than that may be kept for others.
    #[must_use]
    pub fn is_the_public(&self) -> bool {
        self.actor == Actor::Anonymous
    }

    /// Notes that what the caller is given depends on these. Every finder of what the public sees says so, since an answer that is
    /// kept goes only with what it is known to be made of.
    pub(crate) fn depends_on(&self, tags: impl IntoIterator<Item = CacheTag>) {
        if let Some(recorder) = &self.recorder {
            recorder.record(tags);
        }
    }

    /// Lets only those pass whose role has `permission`, and whose key is good for it, where they act by one.
    ///
    /// # Errors
    /// Unauthenticated when nobody signed in, Forbidden for everyone else.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match self.actor {
            Actor::Operator => Ok(()),
            Actor::Person(person) if person.may(permission) => Ok(()),
            Actor::Person(_) => Err(Error::Forbidden),
            Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }

    /// Spends one of what the caller's address has of `limit`, and of what its account has where it signed in, so that many
    /// addresses are of no help to one person. Only a caller of this very process has no address, and no limit by it.
    /// Before there is a transaction: it may ask over the network.
    ///
    /// # Errors
    /// `RateLimited` when it has none left; Internal inside a transaction.
    pub async fn spend(&self, limit: Limit) -> Result<()> {
        if self.client.ip.is_some() {
            let address = address_key(self.client.ip);
            self.rate_limits.spend(limit, &address, 1).await?;
        }
        if let Actor::Person(person) = self.actor {
            let account = format!("account {}", person.account.0);
            self.rate_limits.spend(limit, &account, 1).await?;
        }
        Ok(())
    }

    /// In whose name the caller's transactions write. Whoever may do something to what is not its own is held by permissions alone.
    pub(crate) fn writer(&self) -> Writer {
        match self.actor {
            Actor::Person(person) if permissions_of(person.role).is_empty() => {
                Writer::Account(person.account.0)
            }
            Actor::Person(_) | Actor::Operator | Actor::Anonymous => Writer::System,
        }
    }

    /// Lets only people pass who signed in, and programs with a key of theirs.
    ///
    /// # Errors
    /// Unauthenticated.
    pub fn require_person(&self) -> Result<Person> {
        match self.actor {
            Actor::Person(person) => Ok(person),
            Actor::Operator | Actor::Anonymous => Err(Error::Unauthenticated),
        }
    }

    /// Lets only people pass, and those of their keys that have `scope`: for what is asked for outside GraphQL, where no table of
    /// fields stands before it.
    ///
    /// # Errors
    /// Unauthenticated; Forbidden for other keys.
    pub fn require_scope(&self, scope: ApiScope) -> Result<Person> {
        let person = self.require_person()?;
        match person.means {
            Means::Key { scopes, .. } if !scopes.contains(scope) => Err(Error::Forbidden),
            Means::Key { .. } | Means::Session { .. } => Ok(person),
        }
    }

    /// Lets only people pass who signed in themselves: before what concerns how they sign in, their sessions and keys, which
    /// no key may do for them.
    ///
    /// # Errors
    /// Unauthenticated; Forbidden for keys.
    pub fn require_session(&self) -> Result<(Person, SessionId)> {
        let person = self.require_person()?;
        let session = person.session().ok_or(Error::Forbidden)?;
        Ok((person, session))
    }

    /// Lets only people pass who showed a second factor in this session within the last ten minutes: before what
    /// concerns keys, roles or money. Ask for the permission first, so that nobody shows one for nothing.
    ///
    /// # Errors
    /// Unauthenticated; Forbidden for keys; `StepUpRequired`.
    pub fn require_step_up(&self) -> Result<Person> {
        let person = self.require_person()?;
        let since = self.clock.now() - STEP_UP_LASTS;
        match person.means {
            Means::Session {
                stepped_up_at: Some(at),
                ..
            } if at > since => Ok(person),
            Means::Session { .. } => Err(Error::StepUpRequired),
            Means::Key { .. } => Err(Error::Forbidden),
        }
    }
}

impl Deref for Caller {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}
