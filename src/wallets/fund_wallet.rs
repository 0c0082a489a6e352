//! What carries a top-up on: the money is held, then taken, then posted to the wallet. Whatever keeps it from that has all of it given back.

use super::{TopUpFailure, TopUpState};
use crate::{
    accounts,
    error::{Error, Result},
    ledger::{self, TopUp},
    payments::{self, Failure, Held},
    platform::database::Tx,
    sagas::{self, Outcome, Saga, Step, Turn},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::ids::{AccountId, PaymentId, TopUpId};
use entity::money::Money;
use entity::wallets::top_up::{Column, Entity};
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For so long whoever pays may take to confirm it.
const TO_CONFIRM: TimeDelta = TimeDelta::minutes(30);

/// A payment on its way into a wallet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct FundWallet {
    /// What is known of it.
    pub(super) top_up: TopUpId,
    /// Whose wallet.
    pub(super) customer: AccountId,
    /// What is paid by.
    pub(super) payment: PaymentId,
    /// When it was asked for.
    pub(super) started_at: DateTime<Utc>,
}

impl Saga for FundWallet {
    const KIND: &'static str = "wallets.top_up";

    fn subject(&self) -> Uuid {
        self.top_up.0
    }

    fn customer(&self) -> Option<AccountId> {
        Some(self.customer)
    }

    fn steps() -> Vec<Step<Self>> {
        vec![
            // It was written down by whoever started this; here is what says that it came to nothing, after the money.
            Step::new("open", |_, _| Box::pin(async { Outcome::done(&()) }))
                .undone_by(|fund: &Self, turn| Box::pin(fund.withdraw(turn))),
            Step::new("authorise", |fund: &Self, turn| {
                Box::pin(fund.authorise(turn))
            })
            .undone_by(|fund, turn| Box::pin(payments::give_back(turn, fund.payment)))
            .or_compensate(),
            Step::new("capture", |fund: &Self, turn| {
                Box::pin(payments::take(turn, fund.payment))
            })
            .or_compensate(),
            Step::new("settle", |fund: &Self, turn| Box::pin(fund.settle(turn))).or_compensate(),
        ]
    }
}

impl FundWallet {
    async fn authorise(&self, turn: &Turn) -> Result<Outcome> {
        let deadline = self.started_at + TO_CONFIRM;
        match payments::hold(turn, self.payment).await? {
            Held::Yes => Outcome::done(&()),
            Held::No(refused) => Ok(refused),
            Held::Awaited if turn.clock.now() < deadline => Ok(Outcome::wait_until(deadline)),
            Held::Awaited => Ok(Failure::Expired.outcome("it was not confirmed in time")),
        }
    }

    /// The money is in the wallet, and whoever has it can spend it.
    async fn settle(&self, turn: &Turn) -> Result<Outcome> {
        turn.transaction(async |tx| {
            let now = turn.clock.now();
            // Whoever closes the account waits for this and sees the money, or is seen here.
            if accounts::stay_open(tx, &[self.customer]).await?.is_empty() {
                return Ok(Outcome::fail(format!(
                    "{}: it is in use no more",
                    TopUpFailure::AccountClosed.to_value()
                )));
            }
            if !self.become_of(TopUpState::Completed, None, tx, now).await? {
                return Ok(Outcome::fail("The top-up is over."));
            }
            let row = Entity::find_by_id(self.top_up).one(tx).await?;
            let row = row.ok_or(Error::NotFound("top-up"))?;
            let paid = TopUp {
                payment: self.payment,
                customer: self.customer,
                money: Money {
                    minor: row.amount,
                    currency: row.currency,
                },
                at: now,
            };
            Box::pin(ledger::top_up(tx, &paid)).await?;
            Outcome::done(&())
        })
        .await
    }

    /// It came to nothing.
    async fn withdraw(&self, turn: &Turn) -> Result<Outcome> {
        turn.transaction(async |tx| {
            let reason = sagas::reason_of(tx, turn.saga()).await?.unwrap_or_default();
            let failure = failure_of(&reason);
            let now = turn.clock.now();
            self.become_of(TopUpState::Failed, Some(failure), tx, now)
                .await?;
            Outcome::done(&())
        })
        .await
    }

    /// Says what became of it, where that is not said yet; whether it was not.
    async fn become_of(
        &self,
        state: TopUpState,
        failure: Option<TopUpFailure>,
        tx: &Tx,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let update: UpdateMany<Entity> = Entity::update_many()
            .col_expr(Column::State, Expr::value(state))
            .col_expr(Column::Failure, Expr::value(failure))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(self.top_up))
            .filter(Column::State.eq(TopUpState::Pending));
        Ok(update.exec(tx).await?.rows_affected == 1)
    }
}

/// What people are told, of a reason that is for support. What is not listed are faults, which left the provider unasked or unheard.
fn failure_of(reason: &str) -> TopUpFailure {
    let code = payments::code_of(reason).to_owned();
    TopUpFailure::try_from_value(&code).unwrap_or(TopUpFailure::ProviderUnavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_told_one_of_a_few_reasons() {
        let declined = Failure::Declined.outcome("card_declined");
        let Outcome::Fail { reason } = declined else {
            panic!("{declined:?}");
        };
        assert_eq!(failure_of(&reason), TopUpFailure::Declined);
        assert_eq!(failure_of("EXPIRED: x"), TopUpFailure::Expired);
        for text in ["", "connection refused", "A server error: DECLINED"] {
            assert_eq!(
                failure_of(text),
                TopUpFailure::ProviderUnavailable,
                "{text}"
            );
        }
    }
}
