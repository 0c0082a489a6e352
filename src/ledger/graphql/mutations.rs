//! What people do about wallets.

use super::{
    account::LedgerAccount,
    inputs::{WalletCreditInput, WalletTransferInput, money},
};
use crate::{
    error::Result,
    graphql::{
        caller,
        idempotent::once_required,
        ids::{decode, encode},
        user_errors::{UserError, or_user_errors},
    },
    ledger::{self, WalletCredit, WalletTransfer},
    permissions::Permission,
    platform::rate_limits::Limit,
};
use async_graphql::{Context, ID, Object, SimpleObject};
use entity::ids::{AccountId, LedgerTransactionId};
use std::sync::Arc;

/// What became of money that was to move.
#[derive(SimpleObject)]
pub(crate) struct WalletPayload {
    /// The wallet as it is now: the sender's where money was sent, else the customer's. Nothing where nothing was done.
    wallet: Option<LedgerAccount>,
    /// The id of the transaction by which it moved, as statements show it.
    transaction_id: Option<ID>,
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What was done, and with whose wallet.
fn payload(
    done: Result<(LedgerTransactionId, Arc<ledger::LedgerAccount>)>,
    field: &str,
) -> Result<WalletPayload> {
    let (done, user_errors) = or_user_errors(done, field)?;
    let (id, wallet) = done.unzip();
    Ok(WalletPayload {
        wallet: wallet.map(LedgerAccount::from),
        transaction_id: id.map(encode),
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct WalletMutations;

#[Object]
impl WalletMutations {
    /// Sends money from one's wallet to someone else's, at once and for good. It needs an idempotency key, and a second factor that was
    /// just shown. Whoever cannot be sent money is told of in the same words, whatever the reason.
    async fn wallet_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Money that is sent to someone.")] input: WalletTransferInput,
    ) -> Result<WalletPayload> {
        let caller = caller(ctx);
        let person = caller.require_step_up()?;
        if input.recipient.is_by_email() {
            caller.spend(Limit::Payee).await?;
        }
        let currency = input.amount.currency.0;
        let transfer = read_transfer(&input);
        let work = async move |tx: &_| ledger::wallet_transfer(caller, tx, &transfer?).await;
        let done = match once_required(ctx, work).await {
            Ok(id) => ledger::wallet_of(caller, person.account, currency)
                .await
                .map(|wallet| (id, wallet)),
            Err(error) => Err(error),
        };
        payload(done, "input.recipient")
    }

    /// Gives a customer money out of goodwill, at the marketplace's cost. It needs an idempotency key. For admins who have just shown a
    /// second factor.
    async fn wallet_credit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Money that is given to a customer.")] input: WalletCreditInput,
    ) -> Result<WalletPayload> {
        let caller = caller(ctx);
        caller.require(Permission::WalletsCredit)?;
        caller.require_step_up()?;
        let customer: AccountId = decode(&input.account_id, "input.accountId")?;
        let currency = input.amount.currency.0;
        let credit = money(input.amount)
            .and_then(|money| WalletCredit::read(customer, money, &input.reason, &input.note));
        let work = async move |tx: &_| ledger::wallet_credit(caller, tx, &credit?).await;
        let done = match once_required(ctx, work).await {
            Ok(id) => ledger::wallet_of(caller, customer, currency)
                .await
                .map(|wallet| (id, wallet)),
            Err(error) => Err(error),
        };
        payload(done, "input.accountId")
    }
}

fn read_transfer(input: &WalletTransferInput) -> Result<WalletTransfer> {
    let recipient = input.recipient.read()?;
    WalletTransfer::read(recipient, money(input.amount)?, &input.note)
}
