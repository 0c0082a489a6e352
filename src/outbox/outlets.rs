//! Where events leave this process, or are listened to in it.

use super::{live::Live, nats::Nats};

/// What is kept of it for as long as the process runs; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Outlets {
    pub(super) live: Live,
    pub(super) nats: Nats,
}
