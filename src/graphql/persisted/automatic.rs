//! Automatic persisted queries, by Apollo's protocol: a client sends the hash of a document, and its text only when it is told
//! that nobody knows it.

use crate::{
    error::Result,
    platform::{config::Settings, hash::TextHash, shared::Redis, shared_texts::SharedTexts},
};
use moka::sync::Cache;
use std::sync::Arc;

/// What an entry takes beside its text, in bytes.
const OVERHEAD: usize = 200;

/// The texts that clients have added. Only what was found to be valid is: a hash that is known leads to no surprise.
pub(in crate::graphql) struct Automatic {
    /// Nothing where they are switched off.
    texts: Option<Cache<TextHash, Arc<str>>>,
    shared: Option<SharedTexts>,
}

impl Automatic {
    /// None are known yet.
    pub(in crate::graphql) fn new(settings: &Settings) -> Self {
        let capacity = settings.documents.graphql_persisted_bytes;
        let texts = (capacity > 0).then(|| {
            Cache::builder()
                .max_capacity(capacity)
                .weigher(|_: &TextHash, text: &Arc<str>| {
                    u32::try_from(text.len() + OVERHEAD).unwrap_or(u32::MAX)
                })
                .build()
        });
        Self {
            texts,
            shared: None,
        }
    }

    /// Knows what other processes know, from now on.
    pub(in crate::graphql) fn share(&mut self, redis: Arc<Redis>) {
        self.shared = Some(SharedTexts::new(redis, "document"));
    }

    /// Whether there are such queries at all.
    pub(in crate::graphql) fn is_on(&self) -> bool {
        self.texts.is_some()
    }

    /// The text of this hash, from here or from other processes.
    pub(in crate::graphql) async fn find(&self, hash: TextHash) -> Result<Option<Arc<str>>> {
        let Some(texts) = &self.texts else {
            return Ok(None);
        };
        if let Some(text) = texts.get(&hash) {
            return Ok(Some(text));
        }
        let Some(shared) = &self.shared else {
            return Ok(None);
        };
        Ok(shared.find(hash).await?.map(Arc::from))
    }

    /// Knows `text` from now on, which is valid, and lets others know.
    pub(in crate::graphql) fn keep(&self, hash: TextHash, text: &Arc<str>) {
        let Some(texts) = &self.texts else {
            return;
        };
        if texts.contains_key(&hash) {
            return;
        }
        texts.insert(hash, Arc::clone(text));
        if let Some(shared) = &self.shared {
            shared.keep(hash, Arc::clone(text));
        }
    }

    /// How many are known here, and what they weigh in bytes.
    pub(in crate::graphql) fn size(&self) -> (u64, u64) {
        let Some(texts) = &self.texts else {
            return (0, 0);
        };
        texts.run_pending_tasks();
        (texts.entry_count(), texts.weighted_size())
    }
}
