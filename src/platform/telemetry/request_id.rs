//! The id of a request: in its log lines, its errors and its answer's headers.

use std::{future::Future, sync::Arc};
use uuid::Uuid;

tokio::task_local! {
    static CURRENT: Option<RequestId>;
}

/// Names one request. Safe to print anywhere; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    const LONGEST: usize = 64;

    /// A new id, which sorts by time.
    #[must_use]
    pub fn generate() -> Self {
        let mut buffer = Uuid::encode_buffer();
        Self(Arc::from(
            &*Uuid::now_v7().hyphenated().encode_lower(&mut buffer),
        ))
    }

    /// An id that someone else chose, if it is short and made of letters, digits, `.`, `_` and `-` only: it will
    /// stand in logs and headers.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let fits = (1..=Self::LONGEST).contains(&text.len());
        (fits && text.bytes().all(is_safe)).then(|| Self(Arc::from(text)))
    }

    /// The request that the present work is for, if any.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok().flatten()
    }

    /// Runs `work` as work for the request `id`: what it asks for and tells of later is known by it too.
    pub async fn scope<T>(id: Option<Self>, work: impl Future<Output = T>) -> T {
        CURRENT.scope(id, work).await
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_short_and_plain() {
        assert_eq!(RequestId::parse("a-B_9.z").unwrap().as_str(), "a-B_9.z");
        for text in ["", "a b", "a\nb", "é", "\"", &"a".repeat(65)] {
            assert_eq!(RequestId::parse(text), None, "{text}");
        }
        assert!(RequestId::parse(RequestId::generate().as_str()).is_some());
    }
}
