//! Stripe: a thin client for the calls that are used here.
//!
//! Money is held by a `PaymentIntent` that is captured by hand. Each call carries our key as `Idempotency-Key`, so that Stripe does it
//! once within a day; what was made carries it as metadata too, so that it is found later.

mod shapes;

use super::{
    Answer, Method, Notice, Operation, PaymentProvider, Request, Webhook, signature,
    unknown_where_unanswered,
};
use crate::{
    error::{Error, Result},
    platform::{
        config::PaymentSettings,
        resilience::{CallError, Dependency, Policy},
    },
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use reqwest::{Client, RequestBuilder, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use shapes::{Event, Failure, Intent, List, Refund};
use std::fmt;
use url::Url;

/// The version of the API whose answers are read here.
const VERSION: &str = "2025-03-31.basil";
/// Largest answer that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// Stripe, as the server asks it.
pub(super) struct Stripe {
    dependency: Dependency,
    client: Client,
    base: Url,
    key: SecretString,
    webhook_secret: SecretString,
}

impl Stripe {
    /// # Errors
    /// Invalid, naming the setting that is missing.
    pub(super) fn new(settings: &PaymentSettings) -> Result<Self> {
        let needed = |secret: &Option<SecretString>, name: &str| {
            secret.clone().ok_or_else(|| {
                Error::invalid(name, "It is required where PAYMENT_PROVIDER is stripe.")
            })
        };
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build();
        let policy = Policy {
            timeout: settings.timeout(),
            // Whoever asks asks again, and first what came of it.
            attempts: 1,
            ..Policy::default()
        };
        Ok(Self {
            dependency: Dependency::new("payments", policy),
            client: client.map_err(Error::internal)?,
            base: settings.stripe_api_base.clone(),
            key: needed(&settings.stripe_secret_key, "STRIPE_SECRET_KEY")?,
            webhook_secret: needed(&settings.stripe_webhook_secret, "STRIPE_WEBHOOK_SECRET")?,
        })
    }

    fn url(&self, path: &[&str]) -> Result<Url, CallError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| CallError::refused(anyhow::anyhow!("STRIPE_API_BASE is no base")))?
            .pop_if_empty()
            .push("v1")
            .extend(path);
        Ok(url)
    }

    /// Posts a form under our key.
    fn post(
        &self,
        path: &[&str],
        form: &[(&str, String)],
        key: &str,
    ) -> Result<RequestBuilder, CallError> {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        Ok(self
            .client
            .post(self.url(path)?)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("idempotency-key", key)
            .body(body.finish()))
    }

    fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<RequestBuilder, CallError> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(self.client.get(url))
    }

    /// Sends a request. What Stripe says no to is an answer too; only what makes no sense, and what may be asked again, is none.
    async fn answered<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Result<T, Failure>, CallError> {
        let request = request
            .bearer_auth(self.key.expose_secret())
            .header("stripe-version", VERSION);
        let mut response = request
            .send()
            .await
            .map_err(|error| CallError::retryable(error.without_url()))?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(part) = response
            .chunk()
            .await
            .map_err(|error| CallError::retryable(error.without_url()))?
        {
            if body.len() + part.len() > LARGEST {
                return Err(CallError::retryable(anyhow::anyhow!(
                    "an answer is too large"
                )));
            }
            body.extend_from_slice(&part);
        }
        if status.is_success() {
            return Ok(Ok(
                serde_json::from_slice(&body).map_err(CallError::retryable)?
            ));
        }
        let said = || anyhow::anyhow!("Stripe says {status}");
        match status {
            // Somebody with the same key is at it, or there were too many.
            StatusCode::CONFLICT | StatusCode::TOO_MANY_REQUESTS => {
                Err(CallError::retryable(said()))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(CallError::refused(said())),
            _ if status.is_client_error() => {
                let failure: shapes::Failed =
                    serde_json::from_slice(&body).map_err(CallError::retryable)?;
                Ok(Err(failure.error))
            }
            _ => Err(CallError::retryable(said())),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Answer, CallError> {
        let reference = request.reference.as_deref().unwrap_or_default();
        let amount = request.money.minor.to_string();
        let metadata = [
            ("metadata[key]", request.key.clone()),
            ("metadata[payment]", request.payment.0.to_string()),
        ];
        match request.operation {
            Operation::Authorise => {
                let method = request.method.as_ref().map(Method::token);
                let mut form = vec![
                    ("amount", amount),
                    (
                        "currency",
                        request.money.currency.to_string().to_lowercase(),
                    ),
                    ("payment_method", method.unwrap_or_default().to_owned()),
                    ("capture_method", "manual".to_owned()),
                    ("confirm", "true".to_owned()),
                    ("automatic_payment_methods[enabled]", "true".to_owned()),
                    ("return_url", request.return_url.clone()),
                ];
                form.extend(metadata);
                let sent = self.post(&["payment_intents"], &form, &request.key)?;
                Ok(match self.answered::<Intent>(sent).await? {
                    Ok(intent) => intent.authorised(),
                    Err(failure) => failure.declined(),
                })
            }
            Operation::Capture => {
                let form = [("amount_to_capture", amount)];
                let path = ["payment_intents", reference, "capture"];
                let sent = self.post(&path, &form, &request.key)?;
                Ok(self
                    .answered::<Intent>(sent)
                    .await?
                    .map_or_else(Failure::captured, Intent::captured_or_declined))
            }
            Operation::Void => {
                let path = ["payment_intents", reference, "cancel"];
                let sent = self.post(&path, &[], &request.key)?;
                Ok(self
                    .answered::<Intent>(sent)
                    .await?
                    .map_or_else(Failure::voided, Intent::voided_or_declined))
            }
            Operation::Refund => {
                let mut form = vec![("payment_intent", reference.to_owned()), ("amount", amount)];
                form.extend(metadata);
                let sent = self.post(&["refunds"], &form, &request.key)?;
                Ok(match self.answered::<Refund>(sent).await? {
                    Ok(refund) => refund.answer(),
                    Err(failure) => failure.declined(),
                })
            }
        }
    }

    async fn look(&self, request: &Request) -> Result<Option<Answer>, CallError> {
        let reference = request.reference.as_deref();
        match (request.operation, reference) {
            (Operation::Authorise, None) => {
                let query = format!("metadata['key']:'{}'", request.key);
                let sent = self.get(&["payment_intents", "search"], &[("query", &query)])?;
                let found = self.answered::<List<Intent>>(sent).await?;
                // What was made within the last minute may not be found by search yet; asked for again under the same key it is not
                // made again.
                Ok(found
                    .ok()
                    .and_then(|list| list.data.into_iter().next())
                    .map(Intent::authorised))
            }
            (Operation::Refund, Some(reference)) => {
                let query = [("payment_intent", reference), ("limit", "100")];
                let sent = self.get(&["refunds"], &query)?;
                let found = self.answered::<List<Refund>>(sent).await?;
                let ours = |refund: &Refund| refund.key() == Some(request.key.as_str());
                Ok(found
                    .ok()
                    .and_then(|list| list.data.into_iter().find(ours))
                    .map(Refund::answer))
            }
            (operation, Some(reference)) => {
                let sent = self.get(&["payment_intents", reference], &[])?;
                let Ok(intent) = self.answered::<Intent>(sent).await? else {
                    return Ok(None);
                };
                Ok(match operation {
                    Operation::Capture => intent.captured(),
                    Operation::Void => intent.voided(),
                    Operation::Authorise | Operation::Refund => Some(intent.authorised()),
                })
            }
            (_, None) => Ok(None),
        }
    }
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").finish_non_exhaustive()
    }
}

impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn method(&self, text: &str) -> Result<Method> {
        let text = text.trim();
        let is_token = text.len() <= 255
            && text.starts_with("pm_")
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if is_token {
            return Ok(Method(text.to_owned()));
        }
        Err(Error::invalid(
            "paymentMethod",
            "It is the id of a payment method that Stripe gave out, pm_…. Never send a card's number.",
        ))
    }

    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            let called = self.dependency.call(|| Box::pin(self.ask(request)));
            unknown_where_unanswered(called.await)
        })
    }

    fn find<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Option<Answer>>> {
        Box::pin(async move {
            match self.dependency.call(|| Box::pin(self.look(request))).await {
                Ok(found) => Ok(found),
                Err(error) => unknown_where_unanswered(Err(error)).map(Some),
            }
        })
    }

    fn signature_header(&self) -> &'static str {
        "stripe-signature"
    }

    fn hear(&self, webhook: &Webhook, now: DateTime<Utc>) -> Result<Notice> {
        let signed = webhook.signature.as_deref();
        signature::verify(&self.webhook_secret, signed, &webhook.body, now)?;
        let event: Event = serde_json::from_slice(&webhook.body)
            .map_err(|_| Error::invalid("body", "It is no event of Stripe's."))?;
        Ok(event.notice())
    }
}

#[cfg(test)]
mod tests;
