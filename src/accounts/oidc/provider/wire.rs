//! How requests to providers travel. Each is made within a `Dependency` of its provider.

use crate::error::{Error, Result};
use openidconnect::{
    HttpRequest, HttpResponse,
    http::{Response, response::Builder},
};
use std::{future::Future, pin::Pin};

/// Largest answer that is read, in bytes: a provider's keys take some thousand.
const LARGEST: usize = 512 * 1024;

/// What keeps connections to providers.
#[derive(Clone)]
pub(super) struct Wire(reqwest::Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// The provider is out of reach.
    #[error("no answer")]
    Unanswered(#[from] reqwest::Error),
    /// The answer is larger than any should be.
    #[error("the answer is larger than {LARGEST} bytes")]
    TooLarge,
    /// Either side is no HTTP.
    #[error("no HTTP")]
    Malformed(#[from] openidconnect::http::Error),
}

type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send>>;

impl Wire {
    /// # Errors
    /// Internal when the machine has no certificates to know others by.
    pub(super) fn new() -> Result<Self> {
        // Only where the settings say, never where an answer leads; and by no proxy that settings do not name.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        client.map(Self).map_err(Error::internal)
    }

    /// As the library wants it. To be run within a [`crate::platform::resilience::Dependency`], which bounds how long it takes.
    pub(super) fn caller(&self) -> impl Fn(HttpRequest) -> Answering + Send + Sync + use<> {
        let client = self.0.clone();
        move |request| Box::pin(answer(client.clone(), request))
    }
}

async fn answer(client: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, WireError> {
    let mut found = client.execute(request.try_into()?).await?;
    let mut answer: Builder = Response::builder().status(found.status());
    if let Some(headers) = answer.headers_mut() {
        headers.clone_from(found.headers());
    }
    let mut body = Vec::new();
    while let Some(part) = found.chunk().await? {
        if body.len() + part.len() > LARGEST {
            return Err(WireError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
    Ok(answer.body(body)?)
}
