//! The sandbox: a provider of payments of our own, with which nobody pays. It is a part of this server, or a process of its own that is
//! asked over HTTP; what it does is the same, and chosen by the number of the card.

mod bank;
mod cards;
mod wire;

pub use bank::{Bank, Line, Manner, PAGES};
pub use wire::{Found, Told};

use super::{
    Answer, Method, Notice, PaymentProvider, Request, Webhook, signature, unknown_where_unanswered,
};
use crate::{
    error::{Error, Result},
    platform::{
        clock::Clock,
        config::Settings,
        database::Database,
        resilience::{CallError, Dependency, Policy},
    },
};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use serde::Deserialize;
use std::fmt;
use wire::Wire;

/// The sandbox, as the server asks it.
pub(super) struct Sandbox {
    dependency: Dependency,
    secret: SecretString,
    place: Place,
}

enum Place {
    Here(Bank),
    There(Wire),
}

impl Sandbox {
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub(super) fn new(settings: &Settings, database: &Database, clock: &Clock) -> Result<Self> {
        let payments = &settings.payments;
        let secret = payments.payments_sandbox_secret.clone();
        let place = match &payments.payments_sandbox_url {
            Some(url) => Place::There(Wire::new(url)?),
            None => Place::Here(Bank::new(
                database.clone(),
                clock.clone(),
                &settings.public_base(),
                secret.clone(),
            )),
        };
        let policy = Policy {
            timeout: payments.timeout(),
            // Whoever asks asks again, and first what came of it.
            attempts: 1,
            ..Policy::default()
        };
        Ok(Self {
            dependency: Dependency::new("payments", policy),
            secret,
            place,
        })
    }

    async fn answered(&self, request: &Request) -> Result<Answer> {
        let call = || async {
            match &self.place {
                Place::There(wire) => wire.call(request).await,
                Place::Here(bank) => {
                    let (answer, manner) =
                        bank.handle(request).await.map_err(CallError::retryable)?;
                    match manner {
                        Manner::Now => Ok(answer),
                        Manner::After(pause) => {
                            tokio::time::sleep(pause).await;
                            Ok(answer)
                        }
                        Manner::Never => std::future::pending().await,
                        Manner::Lost => Err(CallError::retryable(anyhow::anyhow!(
                            "the connection broke before the answer came"
                        ))),
                    }
                }
            }
        };
        unknown_where_unanswered(self.dependency.call(call).await)
    }

    async fn found(&self, request: &Request) -> Result<Option<Answer>> {
        let call = || async {
            match &self.place {
                Place::There(wire) => wire.find(&request.key).await,
                Place::Here(bank) => bank.find(&request.key).await.map_err(CallError::retryable),
            }
        };
        match self.dependency.call(call).await {
            Ok(found) => Ok(found),
            Err(error) => unknown_where_unanswered(Err(error)).map(Some),
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").finish_non_exhaustive()
    }
}

/// A webhook of the sandbox's.
#[derive(Deserialize)]
struct Event {
    id: String,
    r#type: String,
    reference: Option<String>,
    key: Option<String>,
}

impl PaymentProvider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn method(&self, text: &str) -> Result<Method> {
        cards::method(text)
    }

    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(self.answered(request))
    }

    fn find<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Option<Answer>>> {
        Box::pin(self.found(request))
    }

    fn signature_header(&self) -> &'static str {
        "sandbox-signature"
    }

    fn hear(&self, webhook: &Webhook, now: DateTime<Utc>) -> Result<Notice> {
        signature::verify(
            &self.secret,
            webhook.signature.as_deref(),
            &webhook.body,
            now,
        )?;
        let event: Event = serde_json::from_slice(&webhook.body)
            .map_err(|_| Error::invalid("body", "It is no message of the sandbox's."))?;
        Ok(Notice {
            event_id: event.id,
            kind: event.r#type,
            reference: event.reference,
            key: event.key,
        })
    }

    fn undelivered(&self) -> BoxFuture<'_, Result<Vec<Webhook>>> {
        Box::pin(async {
            match &self.place {
                Place::Here(bank) => bank.undelivered().await,
                Place::There(_) => Ok(Vec::new()),
            }
        })
    }

    fn brought<'a>(&'a self, event_id: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match &self.place {
                Place::Here(bank) => bank.brought(event_id).await,
                Place::There(_) => Ok(()),
            }
        })
    }

    fn embedded(&self) -> Option<&Bank> {
        match &self.place {
            Place::Here(bank) => Some(bank),
            Place::There(_) => None,
        }
    }
}
