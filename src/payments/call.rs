//! Who asks for something of a payment, and by what it is known.

use crate::sagas::Turn;
use entity::ids::SagaId;

/// What is asked for is known by its key: the same key is the same call, however often it is made.
#[derive(Clone, Debug)]
pub struct Call {
    /// The key, 1 to 200 characters.
    pub key: String,
    /// The saga that is woken when something comes of it later.
    pub saga: Option<SagaId>,
}

impl Call {
    /// That of a saga's step.
    #[must_use]
    pub fn of(turn: &Turn) -> Self {
        Self {
            key: turn.key(),
            saga: Some(turn.saga()),
        }
    }

    /// One of several calls that are made for one reason.
    pub(super) fn part(&self, name: &str) -> Self {
        Self {
            key: format!("{}:{name}", self.key),
            saga: self.saga,
        }
    }
}
