//! What happens when a database is filled.

use crate::{outbox::Event, platform::cache::CacheTag};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Rows of all rooms were made at once.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Seeded {
    /// How many.
    pub(crate) rows: usize,
}

impl Event for Seeded {
    const NAME: &'static str = "seed.rows_made";
    const AGGREGATE: &'static str = "seed";

    fn aggregate_id(&self) -> Uuid {
        Uuid::nil()
    }

    fn purges(&self) -> Vec<CacheTag> {
        vec![CacheTag::EVERYTHING]
    }
}
