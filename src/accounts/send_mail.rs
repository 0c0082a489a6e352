//! The job that writes to a person.
//!
//! It knows who and why, and nothing else: the address is looked up and the token made when it runs, so that neither lies in
//! the table of jobs. Run again, it makes another token, and the one before is void.

use super::{
    letter::{Reason, letter},
    login_of, token,
};
use crate::{
    error::Result,
    jobs::{Attempt, Job},
    ports::mailer::Mail,
};
use entity::accounts::{account::Status, token::Purpose};
use entity::ids::AccountId;
use serde::{Deserialize, Serialize};

/// Writes to a person.
#[derive(Deserialize, Serialize)]
pub(crate) struct SendMail {
    /// Nobody, where what was asked for concerns an address that nobody has: it costs the same, so that nobody can tell.
    pub(super) account: Option<AccountId>,
    pub(super) reason: Reason,
}

impl Job for SendMail {
    const KIND: &'static str = "accounts.send_mail";
    /// A day or so; by then the person has asked again or gone.
    const MAX_ATTEMPTS: u16 = 12;

    fn unique_key(&self) -> Option<String> {
        Some(self.key())
    }

    fn order(&self) -> Option<(String, i64)> {
        // Two that make tokens of one purpose would not see each other's.
        let account = self.account?.0;
        Some((format!("mail {account}"), 0))
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let Some(account) = self.account else {
            return Ok(());
        };
        match write(attempt, account, self.reason).await? {
            Some(mail) => attempt.mailer.send(&mail).await,
            None => Ok(()),
        }
    }
}

/// The letter, or nothing where there is no reason for it any more.
async fn write(attempt: &Attempt, account: AccountId, reason: Reason) -> Result<Option<Mail>> {
    let Some(found) = login_of(attempt, account).await? else {
        return Ok(None);
    };
    let is_verified = found.login.email_verified_at.is_some();
    if found.account.status != Status::Active || (reason == Reason::SignedUp && is_verified) {
        return Ok(None);
    }
    let purpose = match reason {
        Reason::SignedUp => Purpose::VerifyEmail,
        Reason::AddressTaken | Reason::PasswordForgotten => Purpose::ResetPassword,
        Reason::EmailNew => Purpose::ChangeEmail,
        Reason::PasswordChanged
        | Reason::KeyMade
        | Reason::FactorAdded
        | Reason::FactorRemoved
        | Reason::CodesReplaced
        | Reason::EmailLeaving => {
            let shop = &attempt.settings.storefront_url;
            return letter(reason, found.login.email, None, shop).map(Some);
        }
        // Its token is not of the table that this job writes to.
        Reason::ShopInvitation => return Ok(None),
    };
    let (now, present) = (attempt.clock.now(), &found.login.email);
    let issued = attempt
        .transaction(async |tx| {
            attempt.hold(tx).await?;
            let to = match purpose {
                Purpose::ChangeEmail => token::wanted_email(tx, account).await?,
                _ => Some(present.clone()),
            };
            let Some(to) = to else {
                return Ok(None);
            };
            let token = token::issue(tx, account, purpose, &to, now).await?;
            Ok(Some((to, token)))
        })
        .await?;
    let Some((to, token)) = issued else {
        return Ok(None);
    };
    letter(reason, to, Some(&token), &attempt.settings.storefront_url).map(Some)
}
