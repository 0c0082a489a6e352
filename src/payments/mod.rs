//! Payments: holding, taking and giving back money through a provider, each once, whatever becomes of the answers.
//!
//! What is asked of the provider is written down before it is asked, under a key that the caller derives from what it does; what came of
//! it after. Where no answer came, the provider is asked what came of the key before anything else is done. What may be taken and given
//! back is decided by conditional updates, never by what was read before. No call is made inside a transaction.
//!
//! A payment is for a thing whose id it holds; what the thing is, others know.

mod authorise;
mod bring_webhooks;
mod call;
mod events;
mod export;
mod find;
pub(crate) mod graphql;
mod hear_webhook;
mod intend;
pub(crate) mod invariants;
mod late;
mod operate;
mod payment_open;
mod refresh;
mod release;
mod request;
mod retention;
mod settle;
mod standing;
mod steps;
mod webhook_receive;

pub use authorise::{authorise, capture, refund, void};
pub(crate) use bring_webhooks::BringWebhooks;
pub use call::Call;
pub(crate) use entity::payments::attempt::Model as AttemptRow;
pub use entity::payments::payment::{Model as Payment, State};
pub(crate) use entity::payments::refund::Model as RefundRow;
pub use events::PaymentChanged;
pub(crate) use export::export;
pub use find::by_subjects;
pub(crate) use find::{attempts_of, by_id, of_subjects, refunds_of, sees_all};
pub(crate) use hear_webhook::HearWebhook;
pub(crate) use payment_open::open_for_new;
pub use payment_open::{NewPayment, method, open};
pub use release::release;
pub(crate) use retention::SweepPaymentEvents;
pub use standing::Standing;
pub use steps::{Failure, Held, code_of, give_back, hold, take};
pub use webhook_receive::webhook_receive;
