//! One answer as it is kept.

use super::AnswerKey;
use crate::{
    graphql::{json, operations::Measures},
    platform::cache::{Counts, Purgeable},
};
use async_graphql::{Response, Value};
use axum::http::HeaderValue;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::{
    fmt::Write as _,
    io::Write as _,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// For how long an answer that is no longer fresh is given all the same, while a new one is made.
pub(super) const STALE: Duration = Duration::from_secs(60);
/// Smaller bodies are not compressed.
const WORTHWHILE: usize = 1_024;
/// The extension that tells what a request cost.
const COST: &str = "cost";

/// Keys of answers that were purged, to be taken out of the store.
pub(super) type Graveyard = Arc<Mutex<Vec<AnswerKey>>>;

/// An answer that everyone gets alike, as it goes over the network.
#[derive(Debug)]
pub struct KeptAnswer {
    pub(super) key: AnswerKey,
    body: Bytes,
    gzipped: OnceLock<Bytes>,
    etag: HeaderValue,
    cache_control: HeaderValue,
    made: Made,
    born: Instant,
    is_gone: AtomicBool,
    is_renewed: AtomicBool,
    /// How many tags lead to it.
    pub(super) tags: usize,
    counts: Arc<Counts>,
    graveyard: Graveyard,
}

/// What is known of an answer beside its text.
#[derive(Debug)]
pub(in crate::graphql) struct Made {
    /// For how long it is good.
    pub(in crate::graphql) max_age: Duration,
    /// The operation's name, where it has one.
    pub(in crate::graphql) operation: Option<String>,
    /// Where it is counted how often it is given.
    pub(in crate::graphql) measures: Option<Arc<Measures>>,
}

/// What an answer is made of when it is new.
pub(super) struct New<'a> {
    pub(super) key: AnswerKey,
    pub(super) response: &'a mut Response,
    pub(super) made: Made,
    pub(super) tags: usize,
    pub(super) counts: &'a Arc<Counts>,
    pub(super) graveyard: &'a Graveyard,
}

impl KeptAnswer {
    /// An answer of now.
    pub(super) fn new(new: New<'_>) -> Self {
        let body = body(new.response);
        let seconds = new.made.max_age.as_secs();
        let stale = STALE.as_secs();
        Self {
            key: new.key,
            etag: etag(&body),
            cache_control: header(&format!(
                "public, max-age={seconds}, stale-while-revalidate={stale}"
            )),
            body,
            gzipped: OnceLock::new(),
            made: new.made,
            born: Instant::now(),
            is_gone: AtomicBool::new(false),
            is_renewed: AtomicBool::new(false),
            tags: new.tags,
            counts: Arc::clone(new.counts),
            graveyard: Arc::clone(new.graveyard),
        }
    }

    /// The body, JSON.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body in gzip, made when it is first asked for; nothing where that is not worth it.
    #[must_use]
    pub fn gzipped(&self) -> Option<&Bytes> {
        (self.body.len() >= WORTHWHILE).then(|| self.gzipped.get_or_init(|| gzip(&self.body)))
    }

    /// What names this body. Weak, since a compressed one is given under it too.
    #[must_use]
    pub fn etag(&self) -> &HeaderValue {
        &self.etag
    }

    /// What caches between here and the client are told.
    #[must_use]
    pub fn cache_control(&self) -> &HeaderValue {
        &self.cache_control
    }

    /// The operation's name, where it has one.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.made.operation.as_deref()
    }

    /// Counts that it was given once more.
    pub fn count(&self) {
        if let Some(measures) = &self.made.measures {
            measures.count_kept();
        }
    }

    /// How long ago it was made.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.born.elapsed()
    }

    /// Whether it is as good as new.
    pub(super) fn is_fresh(&self) -> bool {
        !self.is_gone() && self.age() < self.made.max_age
    }

    /// Whether it may still be given, while a new one is made.
    pub(super) fn is_good(&self) -> bool {
        !self.is_gone() && self.age() < self.made.max_age + STALE
    }

    /// Whether a write has taken it out.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Acquire)
    }

    /// It is not kept, and so not known to be untrue when it is.
    pub(super) fn forgo(&self) {
        self.is_gone.store(true, Ordering::Release);
    }

    /// Whether the caller is the one to make a new one.
    pub(super) fn renew(&self) -> bool {
        !self.is_renewed.swap(true, Ordering::AcqRel)
    }

    /// No new one was made: the next may try.
    pub(super) fn was_not_renewed(&self) {
        self.is_renewed.store(false, Ordering::Release);
    }

    /// Bytes that it takes, about: a link from a tag to it is some 64 bytes.
    pub(super) fn weight(&self) -> u32 {
        // Compressed it is kept too.
        let bytes = self.body.len() + self.body.len() / 4 + self.tags * 64 + 512;
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }
}

impl Purgeable for KeptAnswer {
    fn purge(&self) {
        if !self.is_gone.swap(true, Ordering::AcqRel) {
            self.counts.purge();
            let mut graveyard = self
                .graveyard
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            graveyard.push(self.key);
        }
    }
}

/// What is kept of a response. It costs nobody anything any more, and nobody's budget has to do with it.
fn body(response: &mut Response) -> Bytes {
    let whole = response.extensions.get(COST).cloned();
    if let Some(Value::Object(cost)) = response.extensions.get_mut(COST) {
        cost.shift_remove("throttle");
        if let Some(actual) = cost.get_mut("actual") {
            *actual = Value::from(0);
        }
    }
    let body = json::written(response).into();
    if let Some(whole) = whole {
        response.extensions.insert(COST.to_owned(), whole);
    }
    body
}

/// A header of ours, which is plain ASCII.
fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // A vector takes everything.
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}

fn etag(body: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(body);
    let mut etag = "W/\"".to_owned();
    for byte in &digest[..12] {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    header(&etag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_kept_answer_costs_nothing() {
        let value = |json| Value::from_json(json).unwrap();
        let mut response = Response::new(value(json!({ "a": 1 })));
        let cost = json!({ "requested": 7, "actual": 5, "throttle": { "available": 9 } });
        response.extensions.insert(COST.to_owned(), value(cost));
        let body: serde_json::Value = serde_json::from_slice(&body(&mut response)).unwrap();
        let cost = json!({ "requested": 7, "actual": 0 });
        assert_eq!(
            body,
            json!({ "data": { "a": 1 }, "extensions": { "cost": cost } })
        );
    }
}
