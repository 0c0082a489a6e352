//! Payments, as the API shows them.

use super::{AttemptRow, Payment as Row, RefundRow, State};
use crate::{
    app::App,
    error::{Error, Result},
    graphql::{
        caller,
        eager::EagerList,
        ids::{decode, encode},
        scalars::Money,
    },
    ports::payments::Method,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::money::Money as Amount;
use entity::payments::{
    attempt::{Operation, State as AttemptState},
    refund::State as RefundRowState,
};
use std::sync::Arc;

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "State")]
pub(crate) enum PaymentState {
    /// Nobody was asked yet.
    Created,
    /// The provider is asked to hold the money, and what came of it is not known.
    Authorising,
    /// Whoever pays has to do something first: see `nextAction`.
    RequiresAction,
    /// The provider takes its time.
    Pending,
    /// The money is held.
    Authorised,
    /// The provider is asked to take the money, and what came of it is not known.
    Capturing,
    /// The money is taken; what of it was given back stands beside.
    Captured,
    /// The provider is asked to let the money go, and what came of it is not known.
    Voiding,
    /// The money was let go.
    Voided,
    /// The provider does not hold the money.
    Failed,
}

/// What is asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Operation")]
pub(crate) enum PaymentOperation {
    /// To hold the money.
    Authorise,
    /// To take what is held.
    Capture,
    /// To let go of what is held.
    Void,
    /// To give back what was taken, or a part.
    Refund,
}

/// What came of asking a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "AttemptState")]
pub(crate) enum PaymentAttemptState {
    /// It is about to be asked, or was.
    Asked,
    /// No answer came; it is asked what came of it.
    Unknown,
    /// Whoever pays has to do something first.
    RequiresAction,
    /// The provider takes its time.
    Pending,
    /// It is done.
    Succeeded,
    /// It is not done, and will not be.
    Declined,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "RefundRowState")]
pub(crate) enum RefundState {
    /// The provider is asked.
    Pending,
    /// The money went back.
    Succeeded,
    /// The provider does not give it back.
    Failed,
}

/// The payment of something.
pub(crate) struct Payment(Arc<Row>);

impl From<Arc<Row>> for Payment {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

impl Payment {
    fn money(&self, minor: i64) -> Money {
        Money(Amount {
            minor,
            currency: self.0.currency,
        })
    }
}

/// The payment of something.
#[Object]
impl Payment {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// How far it is.
    async fn state(&self) -> PaymentState {
        self.0.state.into()
    }

    /// How much is to be paid.
    async fn amount(&self) -> Money {
        self.money(self.0.amount)
    }

    /// How much was taken.
    async fn captured(&self) -> Money {
        self.money(self.0.captured)
    }

    /// How much of it was given back.
    async fn refunded(&self) -> Money {
        self.money(self.0.refunded)
    }

    /// Who takes it.
    async fn provider(&self) -> &str {
        &self.0.provider
    }

    /// What whoever pays has to do before it goes on; nothing where it is not their turn.
    async fn next_action(&self) -> Option<PaymentAction> {
        let url = self.0.action_url.clone()?;
        (self.0.state == State::RequiresAction).then_some(PaymentAction { url })
    }

    /// Why the provider said no last, in its words. For support and admins; nothing for others.
    async fn decline_code(&self, ctx: &Context<'_>) -> Option<&str> {
        let code = self.0.decline_code.as_deref();
        code.filter(|_| super::sees_all(caller(ctx)))
    }

    /// What the provider was asked, newest first; at most 50.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<EagerList<PaymentAttempt>> {
        let caller = caller(ctx);
        let (rows, sees_all) = (
            super::attempts_of(caller, &self.0).await?,
            super::sees_all(caller),
        );
        let attempts = rows.into_iter().map(|row| PaymentAttempt {
            amount: self.0.currency,
            row,
            sees_all,
        });
        Ok(EagerList(attempts.collect()))
    }

    /// What went back, newest first; at most 50.
    async fn refunds(&self, ctx: &Context<'_>) -> Result<EagerList<Refund>> {
        let rows = super::refunds_of(caller(ctx), &self.0).await?;
        let refunds = rows.into_iter().map(|row| Refund {
            currency: self.0.currency,
            row,
        });
        Ok(EagerList(refunds.collect()))
    }

    /// When it was opened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// What whoever pays has to do.
#[derive(SimpleObject)]
pub(crate) struct PaymentAction {
    /// The page to be shown to them; from there they are sent back to the shop.
    url: String,
}

/// One thing that a provider was asked.
pub(crate) struct PaymentAttempt {
    row: AttemptRow,
    amount: entity::money::CurrencyCode,
    sees_all: bool,
}

/// One thing that a provider was asked.
#[Object]
impl PaymentAttempt {
    /// Its global id.
    async fn id(&self) -> ID {
        encode(self.row.id)
    }

    /// What was asked for.
    async fn operation(&self) -> PaymentOperation {
        self.row.operation.into()
    }

    /// What came of it.
    async fn state(&self) -> PaymentAttemptState {
        self.row.state.into()
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money(Amount {
            minor: self.row.amount,
            currency: self.amount,
        })
    }

    /// Why it was declined, in the provider's words. For support and admins; nothing for others.
    async fn code(&self) -> Option<&str> {
        self.row.code.as_deref().filter(|_| self.sees_all)
    }

    /// The key that the provider knows it by. For support and admins; nothing for others.
    async fn key(&self) -> Option<&str> {
        self.sees_all.then_some(self.row.key.as_str())
    }

    /// What the provider calls what was made. For support and admins; nothing for others.
    async fn reference(&self) -> Option<&str> {
        self.row.reference.as_deref().filter(|_| self.sees_all)
    }

    /// Why no answer came last. For support and admins; nothing for others.
    async fn error(&self) -> Option<&str> {
        self.row.error.as_deref().filter(|_| self.sees_all)
    }

    /// How often the provider was asked, or asked about it. For support and admins; nothing for others.
    async fn calls(&self) -> Option<i64> {
        self.sees_all.then_some(self.row.calls)
    }

    /// When it was first asked.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When what came of it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// Money that goes back.
pub(crate) struct Refund {
    row: RefundRow,
    currency: entity::money::CurrencyCode,
}

/// Money that goes back.
#[Object]
impl Refund {
    /// Its global id.
    async fn id(&self) -> ID {
        encode(self.row.id)
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money(Amount {
            minor: self.row.amount,
            currency: self.currency,
        })
    }

    /// How far it is.
    async fn state(&self) -> RefundState {
        self.row.state.into()
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }
}

/// By what something is paid.
#[derive(InputObject)]
pub(crate) struct PaymentInput {
    /// What the provider of payments knows it by, such as `pm_…`; a test card's number in the sandbox.
    method: String,
}

impl PaymentInput {
    /// A name that may be kept; what was sent may not.
    ///
    /// # Errors
    /// Invalid when it is nothing that the provider takes.
    pub(crate) fn read(&self, app: &App) -> Result<Method> {
        super::method(app, &self.method).map_err(|error| match error {
            Error::Invalid { message, .. } => Error::invalid("input.payment.method", message),
            error => error,
        })
    }
}

#[derive(Default)]
pub(crate) struct PaymentQueries;

#[Object]
impl PaymentQueries {
    /// The payment with this id: one's own, or anyone's for support and admins.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the payment.")] id: ID,
    ) -> Option<Result<Payment>> {
        Some(async { Ok(super::by_id(caller(ctx), decode(&id, "id")?).await?.into()) }.await)
    }
}
