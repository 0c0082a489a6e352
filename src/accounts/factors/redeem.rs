//! Showing a second factor.
//!
//! In two parts: [`look_over`] does before a transaction what takes long or opens one of its own, and [`redeem`] uses the
//! factor up inside the transaction in which something comes of it.

use super::{
    key::key,
    passkey_show::{self, ShownPasskey},
    recovery_codes,
    standing::Method,
    totp,
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::{database::Tx, sealing::SealingKey},
};
use entity::ids::AccountId;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// What someone shows.
pub(crate) enum Shown {
    /// A code of an authenticator app.
    Totp(SecretString),
    /// A code that was written down.
    RecoveryCode(SecretString),
    /// A passkey, in a ceremony of `sessionPasskeyStart`.
    Passkey {
        /// What names the ceremony.
        ceremony: SecretString,
        /// What the device answered.
        credential: serde_json::Value,
    },
}

impl Shown {
    /// What kind of factor it is.
    fn method(&self) -> Method {
        match self {
            Self::Totp(_) => Method::Totp,
            Self::RecoveryCode(_) => Method::RecoveryCode,
            Self::Passkey { .. } => Method::Passkey,
        }
    }
}

/// A factor, looked over.
pub(crate) struct LookedOver {
    method: Method,
    what: What,
}

enum What {
    /// Too many were wrong: it is not looked at.
    HeldOff,
    Totp {
        code: SecretString,
        key: Arc<SealingKey>,
        /// Under which its failures are counted.
        counted: String,
    },
    RecoveryCode(SecretString),
    /// Nothing where it is not good.
    Passkey(Option<ShownPasskey>),
}

impl LookedOver {
    /// Whose passkey was shown, where one was.
    pub(crate) fn account(&self) -> Option<AccountId> {
        match &self.what {
            What::Passkey(shown) => shown.as_ref().map(|shown| shown.account),
            _ => None,
        }
    }
}

/// Looks over what is shown. Wrong codes of authenticator apps are counted under `counted`, and each beyond a few costs a wait,
/// in which the right one is answered as a wrong one too. Other factors cannot be guessed, and so whoever has one does
/// not wait for those who guess.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn look_over(caller: &Caller, shown: Shown, counted: &str) -> Result<LookedOver> {
    let method = shown.method();
    let what = match shown {
        Shown::Totp(code) => {
            let (failures, now) = (&caller.factor_failures, caller.clock.now());
            // Taken for wrong until it was right: of many at once none slips through before the others are counted.
            if failures.begin(counted, now).await?.is_some() {
                What::HeldOff
            } else {
                What::Totp {
                    code,
                    key: key(caller).await?,
                    counted: counted.to_owned(),
                }
            }
        }
        Shown::RecoveryCode(code) => What::RecoveryCode(code),
        Shown::Passkey {
            ceremony,
            credential,
        } => What::Passkey(passkey_show::look_over(caller, &ceremony, credential).await?),
    };
    Ok(LookedOver { method, what })
}

impl LookedOver {
    /// Forgets the failures before it: to be called after the commit of a transaction in which [`redeem`] found it good, since it may
    /// ask over the network.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub(crate) async fn was_good(&self, caller: &Caller) -> Result<()> {
        match &self.what {
            What::Totp { counted, .. } => {
                let failures = &caller.factor_failures;
                failures.succeeded(counted, caller.clock.now()).await
            }
            What::HeldOff | What::RecoveryCode(_) | What::Passkey(_) => Ok(()),
        }
    }
}

/// Uses the factor up; whether it is one of `account` and was good.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn redeem(
    caller: &Caller,
    tx: &Tx,
    account: AccountId,
    shown: &LookedOver,
) -> Result<bool> {
    let now = caller.clock.now();
    match &shown.what {
        What::HeldOff | What::Passkey(None) => Ok(false),
        What::Totp { code, key, .. } => {
            let (which, code) = (totp::Which::Confirmed, code.expose_secret());
            totp::redeem(tx, key, account, which, code, now).await
        }
        What::RecoveryCode(code) => {
            let hash = recovery_codes::hash(account, code.expose_secret());
            recovery_codes::redeem(tx, account, &hash, now).await
        }
        What::Passkey(Some(passkey)) => passkey_show::redeem(caller, tx, account, passkey).await,
    }
}

/// The error of a factor that was not good, for whatever reason.
pub(crate) fn wrong(shown: &LookedOver) -> Error {
    let (field, message) = match shown.method {
        Method::Totp => (
            "input.totp",
            "This is not the code of now, or it was used. Wait for the next one, and see that the device's clock is right.",
        ),
        Method::RecoveryCode => (
            "input.recoveryCode",
            "This is not one of the recovery codes, or it was used.",
        ),
        Method::Passkey => (
            "input.passkey",
            "This passkey cannot be taken. Begin again with sessionPasskeyStart.",
        ),
    };
    Error::invalid(field, message)
}
