//! Finding the document that a request sends or names.

use super::{Engine, Found, New, refused, sourced};
use crate::{
    graphql::{
        documents::{Document, DocumentKey, DocumentKeyRef},
        guards::Refusal,
        persisted::{Named, TrustedDocument, hash_mismatch, not_found, not_supported, not_trusted},
    },
    platform::{config::TrustedMode, hash::TextHash},
};
use async_graphql::{Request, ServerError};
use std::sync::Arc;

/// What a request names its document by, as far as it is settled without looking for it.
#[derive(Debug)]
enum Source {
    /// Its text.
    Text,
    /// Its text, with the hash under which it is to be known from now on.
    Added(TextHash),
    /// The hash of a text that someone may have added before.
    Known(TextHash),
    /// It is one of the operator's list.
    Trusted(TrustedDocument),
}

impl Source {
    fn hash(&self) -> Option<TextHash> {
        match self {
            Self::Text => None,
            Self::Added(hash) | Self::Known(hash) => Some(*hash),
            Self::Trusted(document) => Some(document.hash),
        }
    }
}

impl Engine {
    pub(super) async fn find(&self, request: &mut Request) -> Result<Found, ServerError> {
        let source = self.source(request).map_err(refused)?;
        let operation = request.operation_name.as_deref().unwrap_or_default();
        let key = match source.hash() {
            Some(hash) => DocumentKeyRef::Hash { operation, hash },
            None => DocumentKeyRef::Text {
                operation,
                text: &request.query,
            },
        };
        if let Some(document) = self.documents.get(key) {
            count("hit");
            return Ok(self.kept(document, &source, request));
        }
        count("miss");
        let text = match &source {
            Source::Text | Source::Added(_) => Arc::from(request.query.as_str()),
            Source::Trusted(document) => Arc::clone(&document.text),
            Source::Known(hash) => self.known(*hash).await?,
        };
        let document = self.parsed(&text, request.operation_name.as_deref())?;
        let key = match source.hash() {
            Some(hash) => DocumentKey::Hash {
                operation: operation.into(),
                hash,
            },
            None => DocumentKey::Text {
                operation: operation.into(),
                text: Arc::clone(&text),
            },
        };
        let automatic = match source {
            Source::Added(hash) | Source::Known(hash) => Some(hash),
            Source::Text | Source::Trusted(_) => None,
        };
        if matches!(source, Source::Known(_) | Source::Trusted(_)) {
            (*text).clone_into(&mut request.query);
        }
        Ok(Found::New(Box::new(New {
            key,
            document,
            automatic,
        })))
    }

    /// The document was validated before; who asked for it by its hash is told its text.
    fn kept(&self, document: Arc<Document>, source: &Source, request: &mut Request) -> Found {
        match source {
            Source::Text => {}
            Source::Added(hash) => self.automatic.keep(*hash, &document.text),
            Source::Known(_) | Source::Trusted(_) => {
                (*document.text).clone_into(&mut request.query);
            }
        }
        Found::Kept(document)
    }

    async fn known(&self, hash: TextHash) -> Result<Arc<str>, ServerError> {
        // On the heap: a call over the network is large, and every request would carry the room for it.
        let found = Box::pin(self.automatic.find(hash)).await.map_err(sourced)?;
        let outcome = if found.is_some() { "hit" } else { "miss" };
        metrics::counter!("graphql_persisted_total", "outcome" => outcome).increment(1);
        found.ok_or_else(|| refused(not_found()))
    }

    fn source(&self, request: &Request) -> Result<Source, Refusal> {
        let named = Named::of(request)?;
        if let Some(document) = self.trusted(named, request)? {
            return Ok(Source::Trusted(document));
        }
        let has_text = !request.query.trim().is_empty();
        match named {
            Named::Text => Ok(Source::Text),
            Named::Id(id) => {
                let hash = TextHash::parse(id).ok_or_else(not_found)?;
                Ok(Source::Known(hash))
            }
            Named::Hash { .. } if !self.automatic.is_on() && has_text => Ok(Source::Text),
            Named::Hash { is_known, .. } if !self.automatic.is_on() || !is_known => {
                Err(not_supported())
            }
            Named::Hash { hash, .. } if has_text => {
                let of_text = TextHash::of(&request.query);
                if TextHash::parse(hash) == Some(of_text) {
                    Ok(Source::Added(of_text))
                } else {
                    metrics::counter!("graphql_persisted_total", "outcome" => "mismatch")
                        .increment(1);
                    Err(hash_mismatch())
                }
            }
            Named::Hash { hash, .. } => {
                let hash = TextHash::parse(hash).ok_or_else(not_found)?;
                Ok(Source::Known(hash))
            }
        }
    }

    /// The trusted document that is meant; refuses every other where trusted ones are required.
    fn trusted(
        &self,
        named: Named<'_>,
        request: &Request,
    ) -> Result<Option<TrustedDocument>, Refusal> {
        let mode = self.trusted.mode;
        if mode == TrustedMode::Off {
            return Ok(None);
        }
        let list = self.trusted.list();
        let by_id = match named {
            Named::Text => None,
            Named::Id(id) | Named::Hash { hash: id, .. } => list.by_id(id),
        };
        if by_id.is_some() || mode == TrustedMode::Allow {
            return Ok(by_id);
        }
        // A text that is on the list is as good as its id.
        match list.by_text(&request.query) {
            Some(document) => Ok(Some(document)),
            None => Err(not_trusted()),
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("graphql_documents_total", "outcome" => outcome).increment(1);
}
