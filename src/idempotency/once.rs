//! Doing what a client asks for once.

use super::{
    Fingerprint, Key,
    slot::{Slot, State},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::database::{Tx, transactions},
};
use serde::{Serialize, de::DeserializeOwned};

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The mutation's name: the same key with another mutation is another key.
    pub operation: String,
    /// Under which it may be sent again; without one, every time it is sent is another.
    pub key: Option<Key>,
    /// By what its input is known again.
    pub fingerprint: Fingerprint,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once<T> {
    /// What the work returned, now or when it was done.
    pub value: T,
    /// Whether it was done before.
    pub replayed: bool,
}

impl Caller {
    /// Runs `work` in a transaction, as [`App::transaction`](crate::app::App::transaction) does, unless it was done before
    /// under the key of `intent`: then its result of that time is returned.
    ///
    /// What `work` returns is kept, so it holds ids and facts, never an answer; it is read by later versions of the server
    /// too. Whether the caller may do this at all must be known before, since a repetition does not ask `work`.
    ///
    /// # Errors
    /// What `work` returns, and then nothing is kept; `IdempotencyKeyReused` where the key came with another input,
    /// `IdempotencyInProgress` where it is worked on.
    pub async fn once<T: Serialize + DeserializeOwned>(
        &self,
        intent: &Intent,
        work: impl AsyncFnOnce(&Tx) -> Result<T>,
    ) -> Result<Once<T>> {
        // Inside a transaction this is refused, and a claim would wait for that one to end.
        let Some(key) = intent.key.as_ref().filter(|_| !transactions::is_open()) else {
            return Ok(Once::first(self.transaction_of(self.writer(), work).await?));
        };
        key.check_for(self.actor)?;
        let slot = Slot::new(self, intent, key);
        let _alone = self.keys_in_flight.enter(slot.name())?;
        self.transaction_of(self.writer(), async |tx| {
            if !slot.take(tx).await? {
                let result = finished(slot.look(tx).await?)?;
                return Ok(Once {
                    value: serde_json::from_str(&result).map_err(Error::internal)?,
                    replayed: true,
                });
            }
            count("first");
            let value = work(tx).await?;
            let result = serde_json::to_string(&value).map_err(Error::internal)?;
            slot.finish(tx, result);
            Ok(Once::first(value))
        })
        .await
    }
}

impl<T> Once<T> {
    fn first(value: T) -> Self {
        Self {
            value,
            replayed: false,
        }
    }
}

/// The result of what was done before.
fn finished(state: State) -> Result<String> {
    match state {
        State::Finished(result) => {
            count("replayed");
            Ok(result)
        }
        State::Other => {
            count("reused");
            Err(Error::IdempotencyKeyReused)
        }
        State::Held => {
            count("in_progress");
            Err(Error::IdempotencyInProgress)
        }
    }
}

/// Counts what became of a request with a key.
pub(super) fn count(outcome: &'static str) {
    metrics::counter!("idempotency_requests_total", "outcome" => outcome).increment(1);
}
