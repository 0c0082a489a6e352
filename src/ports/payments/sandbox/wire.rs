//! The sandbox over HTTP: what is sent and answered, and asking it.

use crate::{
    error::{Error, Result},
    // Whoever calls this does so within a `Dependency`.
    platform::{currency, resilience::CallError},
    ports::payments::{Answer, Method, Operation, Request},
};
use entity::money::Money;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// A call, as it is sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Told {
    operation: Operation,
    key: String,
    payment: Uuid,
    reference: Option<String>,
    amount: i64,
    currency: String,
    method: Option<String>,
    return_url: String,
}

impl From<&Request> for Told {
    fn from(request: &Request) -> Self {
        Self {
            operation: request.operation,
            key: request.key.clone(),
            payment: request.payment.0,
            reference: request.reference.clone(),
            amount: request.money.minor,
            currency: request.money.currency.to_string(),
            method: request.method.as_ref().map(|method| method.0.clone()),
            return_url: request.return_url.clone(),
        }
    }
}

impl Told {
    /// What is asked.
    ///
    /// # Errors
    /// Invalid when the currency is none.
    pub fn request(self) -> Result<Request> {
        let currency = currency::parse_code(&self.currency, "currency")?;
        Ok(Request {
            operation: self.operation,
            key: self.key,
            payment: self.payment.into(),
            reference: self.reference,
            money: Money {
                minor: self.amount,
                currency,
            },
            method: self.method.map(Method),
            return_url: self.return_url,
        })
    }
}

/// What came of a call, as it is answered.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Found {
    /// Nothing where there was no such call.
    pub answer: Option<Answer>,
}

/// Asks the sandbox over HTTP. To be run within a `Dependency`, which bounds how long it takes.
pub(super) struct Wire {
    base: Url,
    client: reqwest::Client,
}

impl Wire {
    /// # Errors
    /// Invalid when `url` is none.
    pub(super) fn new(url: &str) -> Result<Self> {
        let wrong = || {
            Error::invalid(
                "PAYMENTS_SANDBOX_URL",
                "It looks like http://127.0.0.1:8002.",
            )
        };
        let base = Url::parse(url).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(wrong());
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        Ok(Self {
            base,
            client: client.map_err(Error::internal)?,
        })
    }

    /// Sends a call.
    ///
    /// # Errors
    /// Retryable when no answer comes, or none that makes sense.
    pub(super) async fn call(&self, request: &Request) -> Result<Answer, CallError> {
        let url = self.base.join("/v1/operations");
        let url = url.map_err(CallError::refused)?;
        let body = serde_json::to_vec(&Told::from(request)).map_err(CallError::refused)?;
        let found = self
            .answered(
                self.client
                    .post(url)
                    .header("content-type", "application/json")
                    .body(body),
            )
            .await?;
        found
            .answer
            .ok_or_else(|| CallError::retryable(anyhow::anyhow!("an answer without an answer")))
    }

    /// Asks what came of a call.
    ///
    /// # Errors
    /// As [`Wire::call`].
    pub(super) async fn find(&self, key: &str) -> Result<Option<Answer>, CallError> {
        let url = self.base.join("/v1/operations");
        let mut url = url.map_err(CallError::refused)?;
        url.query_pairs_mut().append_pair("key", key);
        Ok(self.answered(self.client.get(url)).await?.answer)
    }

    async fn answered(&self, request: reqwest::RequestBuilder) -> Result<Found, CallError> {
        let response = request.send().await.map_err(CallError::retryable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(CallError::retryable)?;
        if !status.is_success() {
            return Err(CallError::retryable(anyhow::anyhow!("status {status}")));
        }
        serde_json::from_slice(&body).map_err(CallError::retryable)
    }
}
