//! Whom the server can be made to take a test for, past signing in.

use chrono::{DateTime, Utc};
use entity::ids::{AccountId, SessionId};
use tradewind::caller::{Actor, Means, Person, Role};
use uuid::Uuid;

/// Someone of this role, with an account that is not in the database.
pub fn someone(role: Role) -> Actor {
    Actor::Person(Person {
        account: AccountId::generate(),
        role,
        means: Means::Session {
            id: SessionId::generate(),
            stepped_up_at: None,
        },
    })
}

/// An admin, always the same one, with an account that is not in the database.
pub fn admin() -> Actor {
    Actor::Person(Person {
        account: AccountId(Uuid::from_u128(1)),
        role: Role::Admin,
        means: Means::Session {
            id: SessionId(Uuid::from_u128(2)),
            stepped_up_at: None,
        },
    })
}

/// The same actor, with a second factor shown at `now`.
pub fn stepped_up(actor: Actor, now: DateTime<Utc>) -> Actor {
    match actor {
        Actor::Person(person) => Actor::Person(Person {
            means: Means::Session {
                id: person.session().expect("who steps up has a session"),
                stepped_up_at: Some(now),
            },
            ..person
        }),
        other => other,
    }
}
