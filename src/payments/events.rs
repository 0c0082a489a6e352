//! What others may want to know of payments.

use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::PaymentId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A payment came to another state, or money went back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PaymentChanged {
    /// The payment.
    pub payment_id: PaymentId,
    /// What it is for.
    pub subject_id: Uuid,
    /// Its state.
    pub state: String,
}

impl Event for PaymentChanged {
    const NAME: &'static str = "payments.payment_changed";
    const AGGREGATE: &'static str = "payment";

    fn aggregate_id(&self) -> Uuid {
        self.payment_id.0
    }

    /// Nothing that the public sees is made of it.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}
