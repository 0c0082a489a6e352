//! What a read depends on and a write touches.

use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};
use uuid::Uuid;

/// One thing that answers are made of: an entity, or a list whose members or order may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CacheTag {
    kind: &'static str,
    id: Uuid,
}

/// A tag in short. Two tags may, once in a blue moon, have the same: then a write takes out a little more than it had to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TagKey(u64);

static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl CacheTag {
    /// Stands for everything there is: who cannot say what it wrote says so.
    pub const EVERYTHING: Self = Self::list("everything");

    /// The thing of this kind with this id, for example a product, or the list that hangs off it.
    #[must_use]
    pub const fn of(kind: &'static str, id: Uuid) -> Self {
        Self { kind, id }
    }

    /// A list that hangs off nothing, for example all products.
    #[must_use]
    pub const fn list(kind: &'static str) -> Self {
        Self::of(kind, Uuid::nil())
    }

    /// The tag in short.
    #[must_use]
    pub fn key(&self) -> TagKey {
        TagKey(KEYS.hash_one(self))
    }
}
