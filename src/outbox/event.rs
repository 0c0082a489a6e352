//! What an event is to the code.

use crate::{
    error::{Error, Result},
    platform::cache::CacheTag,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

/// Something that happened, as ids and facts: JSON of at most 32 KiB. Whoever needs more looks it up, and finds it as it
/// is by then.
pub trait Event: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name: `<room>.<what_happened>`. Others may go by it, so it never changes.
    const NAME: &'static str;
    /// The form of the payload; raised when the form changes so that the older one cannot be read any more.
    const VERSION: i16 = 1;
    /// What kind of thing it happened to: events of one thing come in order. The smaller the thing the better, since
    /// transactions that emit about the same one wait for each other.
    const AGGREGATE: &'static str;

    /// Which thing it happened to.
    fn aggregate_id(&self) -> Uuid;

    /// What of the public answers and rows that are kept it makes untrue: taken out before whoever did it is answered, and in other
    /// processes when the event comes by. The thing itself where this is not said otherwise; see docs/answers.md.
    fn purges(&self) -> Vec<CacheTag> {
        vec![CacheTag::of(Self::AGGREGATE, self.aggregate_id())]
    }

    /// Reads a payload of an older version.
    ///
    /// # Errors
    /// Invalid where that cannot be done; its deliveries are then dead letters.
    fn upgrade(version: i16, _payload: Value) -> Result<Self> {
        Err(Error::invalid(
            "payload",
            format!(
                "It is of version {version}, and this server reads version {} of {} only.",
                Self::VERSION,
                Self::NAME
            ),
        ))
    }
}
