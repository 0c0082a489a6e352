//! Taking money: what a provider of payments does for us, and two of them.
//!
//! A call carries a key of ours, and the provider does what is asked once per key. Its answer may be lost: then nothing is known, which
//! is an answer of its own ([`Answer::Unknown`]), and whoever asked asks again what came of the key before it does anything else.

pub mod sandbox;
mod signature;
mod stripe;

use crate::{
    error::{Error, Result},
    platform::{
        clock::Clock,
        config::{PaymentProviderKind, Settings},
        database::Database,
    },
};
use chrono::{DateTime, Utc};
use entity::ids::PaymentId;
use entity::money::Money;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

pub use signature::{sign, verify};

/// What a provider is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Operation {
    /// To hold the money for us.
    Authorise,
    /// To take what is held.
    Capture,
    /// To let go of what is held.
    Void,
    /// To give back what was taken, or a part.
    Refund,
}

impl Operation {
    /// As it is kept.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorise => "AUTHORISE",
            Self::Capture => "CAPTURE",
            Self::Void => "VOID",
            Self::Refund => "REFUND",
        }
    }
}

/// By what someone pays, as the provider knows it: a name, never the number of a card. Not shown by `Debug` all the same.
#[derive(Clone, PartialEq, Eq)]
pub struct Method(pub(crate) String);

impl Method {
    /// What is kept of it.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Method")
    }
}

/// One call to a provider.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be done.
    pub operation: Operation,
    /// Ours: the same key is the same call.
    pub key: String,
    /// Our payment.
    pub payment: PaymentId,
    /// The provider's, once it has one.
    pub reference: Option<String>,
    /// How much.
    pub money: Money,
    /// By what, where money is to be held.
    pub method: Option<Method>,
    /// Where people are sent who had to confirm it.
    pub return_url: String,
}

/// What a provider says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "outcome", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer {
    /// It is done.
    Succeeded {
        /// What the provider calls it.
        reference: String,
    },
    /// It is not done, and will not be.
    Declined {
        /// What the provider calls it, where it has a name.
        reference: Option<String>,
        /// Why, in the provider's words; stable.
        code: String,
    },
    /// Whoever pays has to do something first.
    RequiresAction {
        /// What the provider calls it.
        reference: String,
        /// Where they do it.
        url: String,
    },
    /// It is under way; a webhook will say what came of it.
    Pending {
        /// What the provider calls it.
        reference: String,
    },
    /// No answer came, or none that makes sense: it may be done or not.
    Unknown {
        /// What went wrong, for operators.
        error: String,
    },
}

/// A message of a provider's, as it came.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The header that says who sent it.
    pub signature: Option<String>,
    /// All of it.
    pub body: Vec<u8>,
}

/// What a message tells: that there is news of something, never what. What is true is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The provider's id of the message: the same message may come several times.
    pub event_id: String,
    /// What kind of news it is, in the provider's words.
    pub kind: String,
    /// What the provider calls the payment.
    pub reference: Option<String>,
    /// The key with which we asked for it.
    pub key: Option<String>,
}

/// A provider of payments.
pub trait PaymentProvider: fmt::Debug + Send + Sync {
    /// Its name, in the table and in the address of its webhooks.
    fn name(&self) -> &'static str;

    /// By what someone wants to pay, as they sent it.
    ///
    /// # Errors
    /// Invalid, naming the field `paymentMethod`, when it is nothing that this provider takes.
    fn method(&self, text: &str) -> Result<Method>;

    /// Does what is asked, once per key.
    ///
    /// # Errors
    /// A fault of ours, such as a key that is none; Internal inside a transaction. That no answer came is no error.
    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer>>;

    /// What came of a call; nothing where the provider knows of none. Changes nothing.
    ///
    /// # Errors
    /// As [`PaymentProvider::call`].
    fn find<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Option<Answer>>>;

    /// The header in which its webhooks say who sent them.
    fn signature_header(&self) -> &'static str;

    /// Reads a message, if it is the provider's own and not too old.
    ///
    /// # Errors
    /// Forbidden when the signature is wrong; Invalid when the message makes no sense.
    fn hear(&self, webhook: &Webhook, now: DateTime<Utc>) -> Result<Notice>;

    /// Messages that it cannot bring itself, since it is no server of its own; they are brought until [`PaymentProvider::brought`].
    ///
    /// # Errors
    /// Whatever the database says.
    fn undelivered(&self) -> BoxFuture<'_, Result<Vec<Webhook>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// The message of this id was brought.
    ///
    /// # Errors
    /// Whatever the database says.
    fn brought<'a>(&'a self, _event_id: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// The provider of its own that is a part of this server, where that is what this is.
    fn embedded(&self) -> Option<&sandbox::Bank> {
        None
    }
}

/// The provider that the settings choose.
///
/// # Errors
/// Invalid, naming the setting that is wrong.
pub(crate) fn from_settings(
    settings: &Settings,
    database: &Database,
    clock: &Clock,
) -> Result<Arc<dyn PaymentProvider>> {
    let payments = &settings.payments;
    Ok(match payments.payment_provider {
        PaymentProviderKind::Stripe => Arc::new(stripe::Stripe::new(payments)?),
        PaymentProviderKind::Sandbox => {
            if settings.is_production() {
                tracing::warn!("PAYMENT_PROVIDER is sandbox: nobody pays with real money");
            }
            Arc::new(sandbox::Sandbox::new(settings, database, clock)?)
        }
    })
}

/// What became of a call that brought no answer: nothing is known. What is a fault of ours stays an error.
fn unknown_where_unanswered(answered: Result<Answer>) -> Result<Answer> {
    match answered {
        Err(error @ (Error::Unavailable | Error::Timeout)) => Ok(Answer::Unknown {
            error: error.to_string(),
        }),
        other => other,
    }
}
