//! What people do about their accounts.
//!
//! Passwords are checked and hashed before the transaction, which would otherwise be held open for as long as that takes. What
//! was wrong with them is said inside `once`, so that what was done is answered as it was then when it is sent again.

use super::{
    account::{Account, own_account},
    inputs as i,
};
use crate::{
    accounts::{
        account_change_password::{PasswordChange, account_change_password},
        account_close::read_close,
        account_request_email_change::{EmailChange, account_request_email_change},
        account_request_password_reset::{account_request_password_reset, read_reset_request},
        account_reset_password::{account_reset_password, read_password_reset},
        account_sign_up::{SignUp, account_sign_up},
        account_update::account_update,
        account_verify_email::account_verify_email,
    },
    closing::account_close,
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        user_errors::{UserError, or_user_errors},
    },
    platform::rate_limits::Limit,
};
use async_graphql::{Context, Object, SimpleObject};

/// What became of a wish that anyone may have.
#[derive(SimpleObject)]
pub(crate) struct AccountRequestPayload {
    /// What keeps it from being done.
    user_errors: Vec<UserError>,
}

/// What became of a change of one's own account.
#[derive(SimpleObject)]
pub(crate) struct AccountPayload {
    /// The account as it is now; nothing where it was not changed, or for whoever has not signed in.
    account: Option<Account>,
    /// What keeps it from being changed.
    user_errors: Vec<UserError>,
}

fn request_payload(done: Result<()>) -> Result<AccountRequestPayload> {
    let (_, user_errors) = or_user_errors(done, "input")?;
    Ok(AccountRequestPayload { user_errors })
}

async fn payload(ctx: &Context<'_>, done: Result<()>) -> Result<AccountPayload> {
    let (done, user_errors) = or_user_errors(done, "input")?;
    let account = match done {
        Some(()) => own_account(ctx).await?,
        None => None,
    };
    Ok(AccountPayload {
        account,
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct AccountMutations;

#[Object]
impl AccountMutations {
    /// Opens an account. A letter tells what comes next; the answer is the same whether the address has an account or not.
    async fn account_sign_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who opens an account.")] input: i::AccountSignUpInput,
    ) -> Result<AccountRequestPayload> {
        let caller = caller(ctx);
        caller.spend(Limit::SignUp).await?;
        let new = SignUp::read(caller, &input.email, &input.password, &input.display_name).await;
        request_payload(once(ctx, async move |tx| account_sign_up(caller, tx, new?).await).await)
    }

    /// Shows that a letter arrived: the address is verified, or takes the place of the one before.
    async fn account_verify_email(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What a letter's link held.")] input: i::AccountVerifyEmailInput,
    ) -> Result<AccountPayload> {
        let caller = caller(ctx);
        let done = once(ctx, async |tx| {
            account_verify_email(caller, tx, &input.token).await
        });
        payload(ctx, done.await).await
    }

    /// Has a letter sent with which a new password can be chosen. The answer is the same whether the address has an account or
    /// not.
    async fn account_request_password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password was forgotten.")]
        input: i::AccountRequestPasswordResetInput,
    ) -> Result<AccountRequestPayload> {
        let caller = caller(ctx);
        caller.spend(Limit::Mail).await?;
        let email = read_reset_request(caller, &input.email).await;
        let work = async move |tx: &_| account_request_password_reset(tx, email?).await;
        request_payload(once(ctx, work).await)
    }

    /// Chooses a new password with a letter's token, and signs out everywhere. The address is verified thereby.
    async fn account_reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new password for one that was forgotten.")]
        input: i::AccountResetPasswordInput,
    ) -> Result<AccountRequestPayload> {
        let (caller, token) = (caller(ctx), input.token.as_str());
        let hash = read_password_reset(caller, token, &input.new_password).await;
        let work = async move |tx: &_| account_reset_password(caller, tx, token, hash?).await;
        request_payload(once(ctx, work).await)
    }

    /// Chooses another password, and signs out everywhere else.
    async fn account_change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A new password for one that is known.")]
        input: i::AccountChangePasswordInput,
    ) -> Result<AccountPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let change = PasswordChange::read(caller, &input.current_password, &input.new_password);
        let change = change.await;
        let work = async move |tx: &_| account_change_password(caller, tx, change?).await;
        payload(ctx, once(ctx, work).await).await
    }

    /// Has a letter sent to another address, whose link gives it the place of the present one.
    async fn account_request_email_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Another address.")] input: i::AccountRequestEmailChangeInput,
    ) -> Result<AccountPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        caller.spend(Limit::Mail).await?;
        let change = EmailChange::read(caller, &input.new_email, &input.password).await;
        let work = async move |tx: &_| account_request_email_change(caller, tx, change?).await;
        payload(ctx, once(ctx, work).await).await
    }

    /// Changes what others see of the person.
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What of the account is changed.")] input: i::AccountUpdateInput,
    ) -> Result<AccountPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let (name, version) = (input.display_name.as_str(), input.expected_version);
        let done = once(ctx, async |tx| {
            account_update(caller, tx, name, version).await
        });
        payload(ctx, done.await).await
    }

    /// Closes the account: it is gone for everyone at once, signed out everywhere, out of the shops it worked in, and what is known of the
    /// person is erased soon after. Whoever is a shop's last owner hands it to another first, and so does the last admin.
    async fn account_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shows that it is the account of who closes it.")]
        input: i::AccountCloseInput,
    ) -> Result<AccountRequestPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let person = read_close(caller, &input.password).await;
        request_payload(
            once(ctx, async move |tx| {
                account_close(caller, tx, person?).await
            })
            .await,
        )
    }
}
