//! Top-ups, as the API shows them.

use super::{TopUpFailure, TopUpState, TopUpView};
use crate::{
    app::App,
    error::Result,
    graphql::{
        caller,
        idempotent::once_required,
        ids::{decode, encode},
        scalars::{Money, MoneyInput},
        user_errors::{UserError, or_user_errors},
    },
    ledger::graphql::money,
    payments::graphql::{Payment, PaymentInput},
    platform::rate_limits::Limit,
    wallets,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::money::Money as Amount;

/// How far a top-up is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "TopUpState")]
pub(crate) enum WalletTopUpState {
    /// It is not paid yet: see `payment.nextAction`.
    Pending,
    /// The money is in the wallet.
    Completed,
    /// It came to nothing, and nothing was kept: see `failure`.
    Failed,
}

/// Why a top-up came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "TopUpFailure")]
pub(crate) enum WalletTopUpFailure {
    /// Whoever keeps the money said no.
    Declined,
    /// It was not confirmed in time.
    Expired,
    /// The account was closed or suspended meanwhile.
    AccountClosed,
    /// The provider of payments could not be asked.
    ProviderUnavailable,
}

/// A payment into a wallet.
pub(crate) struct WalletTopUp(TopUpView);

/// A payment into a wallet.
#[Object]
impl WalletTopUp {
    /// Its id.
    async fn id(&self) -> ID {
        encode(self.0.row.id)
    }

    /// How far it is.
    async fn state(&self) -> WalletTopUpState {
        self.0.row.state.into()
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money(Amount {
            minor: self.0.row.amount,
            currency: self.0.row.currency,
        })
    }

    /// Why it came to nothing.
    async fn failure(&self) -> Option<WalletTopUpFailure> {
        self.0.row.failure.map(Into::into)
    }

    /// The same for people.
    async fn message(&self) -> Option<&'static str> {
        self.0.row.failure.map(sentence)
    }

    /// The payment, which says what whoever pays has to do before it goes on.
    async fn payment(&self) -> Option<Payment> {
        self.0.payment.clone().map(Payment::from)
    }

    /// When it was asked for.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.row.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.row.updated_at
    }
}

fn sentence(failure: TopUpFailure) -> &'static str {
    match failure {
        TopUpFailure::Declined => "The payment was declined. Try another way to pay.",
        TopUpFailure::Expired => "The payment was not confirmed in time. Try again.",
        TopUpFailure::AccountClosed => "The account was not in use any more. The money went back.",
        TopUpFailure::ProviderUnavailable => {
            "The payment could not be made. Nothing was kept; try again later."
        }
    }
}

/// What is paid into one's wallet, and by what.
#[derive(InputObject)]
pub(crate) struct WalletTopUpInput {
    /// How much, into the wallet of that currency.
    amount: MoneyInput,
    /// By what it is paid.
    payment: PaymentInput,
}

impl WalletTopUpInput {
    fn read(self, app: &App) -> Result<wallets::WalletTopUp> {
        let method = self.payment.read(app)?;
        wallets::WalletTopUp::read(money(self.amount)?, method)
    }
}

/// What became of paying into a wallet.
#[derive(SimpleObject)]
pub(crate) struct WalletTopUpPayload {
    /// The top-up, which is not paid yet; nothing where nothing was done.
    top_up: Option<WalletTopUp>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct TopUpQueries;

#[Object]
impl TopUpQueries {
    /// A payment into a wallet: one's own, or anyone's for support and admins. Not for keys.
    async fn wallet_top_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the top-up.")] id: ID,
    ) -> Option<Result<WalletTopUp>> {
        let found = async { wallets::by_id(caller(ctx), decode(&id, "id")?).await };
        Some(found.await.map(WalletTopUp))
    }
}

#[derive(Default)]
pub(crate) struct TopUpMutations;

#[Object]
impl TopUpMutations {
    /// Pays into one's own wallet, and answers at once: it is paid after that. Watch it by `walletTopUp`: where `payment.nextAction` says so,
    /// send whoever pays there; it is `COMPLETED` once the money is in the wallet. It needs an idempotency key.
    async fn wallet_top_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How much, and by what it is paid.")] input: WalletTopUpInput,
    ) -> Result<WalletTopUpPayload> {
        let caller = caller(ctx);
        let (person, _) = caller.require_session()?;
        caller.spend(Limit::TopUp).await?;
        let new = input.read(caller);
        let done = once_required(ctx, async |tx| {
            let new = new.as_ref().map_err(Clone::clone)?;
            Box::pin(wallets::wallet_top_up(caller, tx, person, new)).await
        });
        let (id, user_errors) = or_user_errors(done.await, "amount")?;
        let top_up = match id {
            Some(id) => Some(WalletTopUp(wallets::by_id(caller, id).await?)),
            None => None,
        };
        Ok(WalletTopUpPayload {
            top_up,
            user_errors,
        })
    }
}
