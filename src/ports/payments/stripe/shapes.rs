//! What Stripe answers, as far as it is read, and what it means here.

use super::super::{Answer, Notice};
use serde::Deserialize;
use std::collections::HashMap;

/// A list of things.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
}

/// A `PaymentIntent`.
#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    id: String,
    status: String,
    next_action: Option<NextAction>,
    last_payment_error: Option<PaymentError>,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<RedirectToUrl>,
}

#[derive(Debug, Deserialize)]
struct RedirectToUrl {
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PaymentError {
    code: Option<String>,
    decline_code: Option<String>,
}

impl Intent {
    /// What came of holding the money.
    pub(super) fn authorised(self) -> Answer {
        let reference = self.id.clone();
        match self.status.as_str() {
            "requires_capture" | "succeeded" => Answer::Succeeded { reference },
            "processing" | "requires_confirmation" => Answer::Pending { reference },
            "requires_action" => {
                let url = self.next_action.and_then(|action| action.redirect_to_url);
                match url.and_then(|redirect| redirect.url) {
                    Some(url) => Answer::RequiresAction { reference, url },
                    None => Answer::Pending { reference },
                }
            }
            _ => self.declined(),
        }
    }

    fn declined(self) -> Answer {
        let said = self
            .last_payment_error
            .and_then(|error| error.decline_code.or(error.code));
        Answer::Declined {
            code: said.unwrap_or(self.status),
            reference: Some(self.id),
        }
    }

    /// What came of taking it, or nothing where it was not taken.
    pub(super) fn captured(self) -> Option<Answer> {
        match self.status.as_str() {
            "succeeded" => Some(Answer::Succeeded { reference: self.id }),
            "canceled" => Some(self.declined()),
            _ => None,
        }
    }

    /// What came of taking it, in the answer to that.
    pub(super) fn captured_or_declined(self) -> Answer {
        match self.status.as_str() {
            "succeeded" => Answer::Succeeded { reference: self.id },
            "processing" => Answer::Pending { reference: self.id },
            _ => self.declined(),
        }
    }

    /// What came of letting it go, or nothing where it was not let go.
    pub(super) fn voided(self) -> Option<Answer> {
        (self.status == "canceled").then_some(Answer::Succeeded { reference: self.id })
    }

    /// What came of letting it go, in the answer to that.
    pub(super) fn voided_or_declined(self) -> Answer {
        match self.status.as_str() {
            "canceled" => Answer::Succeeded { reference: self.id },
            _ => self.declined(),
        }
    }
}

/// A refund.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: String,
    status: Option<String>,
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl Refund {
    /// The key that it was asked for with.
    pub(super) fn key(&self) -> Option<&str> {
        self.metadata.get("key").map(String::as_str)
    }

    /// What came of it.
    pub(super) fn answer(self) -> Answer {
        let reference = self.id;
        match self.status.as_deref() {
            Some("succeeded") => Answer::Succeeded { reference },
            Some("failed" | "canceled") => Answer::Declined {
                reference: Some(reference),
                code: self
                    .failure_reason
                    .unwrap_or_else(|| "refund_failed".to_owned()),
            },
            _ => Answer::Pending { reference },
        }
    }
}

/// What Stripe says no with.
#[derive(Debug, Deserialize)]
pub(super) struct Failed {
    pub(super) error: Failure,
}

/// Why Stripe says no.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    r#type: String,
    code: Option<String>,
    decline_code: Option<String>,
    payment_intent: Option<Intent>,
}

impl Failure {
    /// It is not done.
    pub(super) fn declined(self) -> Answer {
        let code = self.decline_code.or(self.code);
        Answer::Declined {
            reference: self.payment_intent.map(|intent| intent.id),
            code: code.unwrap_or(self.r#type),
        }
    }

    /// It is not taken, unless it was before.
    pub(super) fn captured(mut self) -> Answer {
        let taken = self.payment_intent.take().and_then(Intent::captured);
        taken.unwrap_or_else(|| self.declined())
    }

    /// It is not let go, unless it was before.
    pub(super) fn voided(mut self) -> Answer {
        let gone = self.payment_intent.take().and_then(Intent::voided);
        gone.unwrap_or_else(|| self.declined())
    }
}

/// A webhook.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    id: String,
    r#type: String,
    data: EventData,
}

#[derive(Debug, Deserialize)]
struct EventData {
    object: EventObject,
}

#[derive(Debug, Deserialize)]
struct EventObject {
    id: Option<String>,
    object: Option<String>,
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl Event {
    /// What it tells.
    pub(super) fn notice(self) -> Notice {
        let mut object = self.data.object;
        let reference = match object.object.as_deref() {
            Some("payment_intent") => object.id,
            _ => object.payment_intent,
        };
        Notice {
            event_id: self.id,
            kind: self.r#type,
            reference,
            key: object.metadata.remove("key"),
        }
    }
}
