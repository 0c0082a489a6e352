//! Who acts, as the log writes it down.

use crate::caller::{Actor, Caller, Role};
use entity::{audit::entry::ActorKind, ids::AccountId};
use sea_orm::ActiveEnum;

/// Who or what acts. A [`Caller`] is one; a job says [`Agent::system`].
#[derive(Clone, Debug)]
pub struct Agent {
    pub(super) kind: ActorKind,
    pub(super) account: Option<AccountId>,
    pub(super) impersonator: Option<AccountId>,
    pub(super) role: Option<Role>,
    pub(super) ip: Option<String>,
    pub(super) request_id: Option<String>,
}

impl Agent {
    /// The server by itself, in a job that `request_id` asked for.
    #[must_use]
    pub fn system(request_id: Option<String>) -> Self {
        Self {
            kind: ActorKind::System,
            account: None,
            impersonator: None,
            role: None,
            ip: None,
            request_id,
        }
    }

    /// What kind of someone it is.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        self.kind
    }

    /// The account that acts, where someone signed in.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Its role, as the table has it.
    pub(super) fn role(&self) -> Option<String> {
        self.role.map(|role| role.to_value())
    }
}

impl From<&Caller> for Agent {
    fn from(caller: &Caller) -> Self {
        let (kind, person) = match caller.actor {
            Actor::Anonymous => (ActorKind::Anonymous, None),
            Actor::Person(person) => (ActorKind::Person, Some(person)),
            Actor::Operator => (ActorKind::Operator, None),
        };
        Self {
            kind,
            account: person.map(|person| person.account),
            role: person.map(|person| person.role),
            ip: caller.client.ip.map(|ip| ip.to_string()),
            request_id: Some(caller.request_id.as_str().to_owned()),
            ..Self::system(None)
        }
    }
}
