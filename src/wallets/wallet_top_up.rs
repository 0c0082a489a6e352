//! Paying into one's wallet: it is written down, and nobody is asked for money in that.

use super::{FundWallet, TopUpState};
use crate::{
    accounts,
    caller::{Caller, Person},
    error::{Error, Result},
    ledger::LARGEST_AMOUNT,
    payments::{self, NewPayment},
    platform::database::Tx,
    ports::payments::Method,
    sagas,
};
use entity::ids::TopUpId;
use entity::money::Money;
use entity::wallets::top_up;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

/// What someone pays into the wallet, and by what.
#[derive(Clone, Debug)]
pub(crate) struct WalletTopUp {
    money: Money,
    method: Method,
}

impl WalletTopUp {
    /// # Errors
    /// Invalid where it is nothing, or more than a wallet holds.
    pub(crate) fn read(money: Money, method: Method) -> Result<Self> {
        let refused = |message: &str| Err(Error::invalid("input.amount.amount", message));
        match money.minor {
            ..=0 => refused("Name an amount of more than nothing."),
            1..=LARGEST_AMOUNT => Ok(Self { money, method }),
            _ => refused("This is more than a wallet holds."),
        }
    }
}

/// Opens the payment, and starts what has it paid and posted.
///
/// # Errors
/// Unauthenticated when the account is in use no more.
pub(crate) async fn wallet_top_up(
    caller: &Caller,
    tx: &Tx,
    person: Person,
    new: &WalletTopUp,
) -> Result<TopUpId> {
    let now = caller.clock.now();
    let (id, customer) = (TopUpId::generate(), person.account);
    accounts::stays_open(tx, customer).await?;
    let payment = NewPayment {
        subject: id.0,
        customer: Some(customer),
        amount: new.money,
        method: new.method.clone(),
    };
    let payment = payments::open_for_new(tx, caller, now, &payment)?.id;
    let fund = FundWallet {
        top_up: id,
        customer,
        payment,
        started_at: now,
    };
    let saga = sagas::start(tx, now, &fund)?;
    let row = top_up::ActiveModel {
        id: Set(id),
        customer_id: Set(customer),
        payment_id: Set(payment),
        saga_id: Set(saga),
        state: Set(TopUpState::Pending),
        failure: Set(None),
        amount: Set(new.money.minor),
        currency: Set(new.money.currency),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(tx).await?;
    Ok(id)
}
