//! Whom the server can be made to take a test for, past signing in.

use entity::ids::{AccountId, SessionId};
use tradewind::caller::{Actor, Person, Role};
use uuid::Uuid;

/// Someone of this role, with an account that is not in the database.
pub fn someone(role: Role) -> Actor {
    Actor::Person(Person {
        account: AccountId::generate(),
        session: SessionId::generate(),
        role,
        stepped_up_at: None,
    })
}

/// An admin, always the same one, with an account that is not in the database.
pub fn admin() -> Actor {
    Actor::Person(Person {
        account: AccountId(Uuid::from_u128(1)),
        session: SessionId(Uuid::from_u128(2)),
        role: Role::Admin,
        stepped_up_at: None,
    })
}
