//! Second factors, as the API takes them when people sign in and step up.

use super::{Session, SessionKind, SessionTokensPayload, tokens_payload};
use crate::{
    accounts::{
        factors::{
            Method, Shown,
            graphql::{PasskeyCeremonyPayload, ceremony_payload},
        },
        sessions::{self, Challenge},
    },
    error::{Error, Result},
    graphql::{
        caller,
        scalars::Json,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

/// A way to show a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Method")]
pub(crate) enum SecondFactorMethod {
    /// A code of an authenticator app: `totp`.
    Totp,
    /// One of the codes that were written down: `recoveryCode`.
    RecoveryCode,
    /// A passkey: `passkey`.
    Passkey,
}

/// What is still to be shown before someone is signed in.
#[derive(SimpleObject)]
pub(crate) struct SecondFactorChallenge {
    /// To be sent with a factor, with sessionConfirm. A secret: whoever has it has shown the password.
    challenge: String,
    /// The factors that the account has.
    methods: Vec<SecondFactorMethod>,
    /// Until when it is good. It is good for one session, and for five tries.
    expires_at: DateTime<Utc>,
}

impl From<&Challenge> for SecondFactorChallenge {
    fn from(challenge: &Challenge) -> Self {
        Self {
            challenge: challenge.token.expose_secret().to_owned(),
            methods: challenge
                .methods
                .iter()
                .map(|method| (*method).into())
                .collect(),
            expires_at: challenge.expires_at,
        }
    }
}

/// A passkey, as a device shows it.
#[derive(InputObject)]
pub(crate) struct PasskeyShownInput {
    /// The ceremony that sessionPasskeyStart began.
    ceremony: String,
    /// The credential that `navigator.credentials.get` gave, by its `toJSON()`.
    credential: Json,
}

/// The second factor of who signs in. Exactly one of `totp`, `recoveryCode` and `passkey`.
#[derive(InputObject)]
pub(crate) struct SessionConfirmInput {
    /// The challenge that sessionCreate gave out.
    challenge: String,
    /// The six digits that the authenticator app shows.
    totp: Option<String>,
    /// One of the recovery codes.
    recovery_code: Option<String>,
    /// A passkey.
    passkey: Option<PasskeyShownInput>,
    /// Where the refresh token is kept.
    #[graphql(default_with = "SessionKind::Browser")]
    kind: SessionKind,
}

/// The second factor of who is signed in. Exactly one of `totp`, `recoveryCode` and `passkey`.
#[derive(InputObject)]
pub(crate) struct SessionStepUpInput {
    /// The six digits that the authenticator app shows.
    totp: Option<String>,
    /// One of the recovery codes.
    recovery_code: Option<String>,
    /// A passkey.
    passkey: Option<PasskeyShownInput>,
}

/// Who signs in with a passkey.
#[derive(InputObject)]
pub(crate) struct SessionPasskeyFinishInput {
    /// The ceremony that sessionPasskeyStart began.
    ceremony: String,
    /// The credential that `navigator.credentials.get` gave, by its `toJSON()`.
    credential: Json,
    /// Where the refresh token is kept.
    #[graphql(default_with = "SessionKind::Browser")]
    kind: SessionKind,
}

/// The one factor that was sent.
fn one_of(
    totp: Option<String>,
    recovery_code: Option<String>,
    passkey: Option<PasskeyShownInput>,
) -> Result<Shown> {
    match (totp, recovery_code, passkey) {
        (Some(code), None, None) => Ok(Shown::Totp(code.into())),
        (None, Some(code), None) => Ok(Shown::RecoveryCode(code.into())),
        (None, None, Some(passkey)) => Ok(Shown::Passkey {
            ceremony: passkey.ceremony.into(),
            credential: passkey.credential.0,
        }),
        _ => Err(Error::invalid(
            "input",
            "Send exactly one of totp, recoveryCode and passkey.",
        )),
    }
}

/// What became of a second factor that was shown.
#[derive(SimpleObject)]
pub(crate) struct SessionStepUpPayload {
    /// The session, which now counts as stepped up; nothing where the factor was not good.
    session: Option<Session>,
    /// What keeps it from being good.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct SecondFactorMutations;

#[Object]
impl SecondFactorMutations {
    /// Signs in with a second factor, where sessionCreate asked for one. Idempotency keys do nothing here, as with sessionCreate.
    async fn session_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The second factor of who signs in.")] input: SessionConfirmInput,
    ) -> Result<SessionTokensPayload> {
        let challenge = SecretString::from(input.challenge);
        let confirmed = match one_of(input.totp, input.recovery_code, input.passkey) {
            Ok(shown) => sessions::session_confirm(caller(ctx), &challenge, shown).await,
            Err(error) => Err(error),
        };
        let (tokens, user_errors) = or_user_errors(confirmed, "challenge")?;
        Ok(tokens_payload(
            ctx,
            tokens.as_ref(),
            input.kind,
            user_errors,
        ))
    }

    /// Asks for a passkey: to sign in with, by sessionPasskeyFinish, or as a second factor, by sessionConfirm or sessionStepUp.
    async fn session_passkey_start(&self, ctx: &Context<'_>) -> Result<PasskeyCeremonyPayload> {
        ceremony_payload(sessions::session_passkey_start(caller(ctx)).await)
    }

    /// Signs in with a passkey, without a password: it counts as both factors. Idempotency keys do nothing here, as with
    /// sessionCreate.
    async fn session_passkey_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in with a passkey.")] input: SessionPasskeyFinishInput,
    ) -> Result<SessionTokensPayload> {
        let (ceremony, credential) = (SecretString::from(input.ceremony), input.credential.0);
        let shown = sessions::session_passkey_finish(caller(ctx), ceremony, credential).await;
        let (tokens, user_errors) = or_user_errors(shown, "ceremony")?;
        Ok(tokens_payload(
            ctx,
            tokens.as_ref(),
            input.kind,
            user_errors,
        ))
    }

    /// Shows a second factor within a session: for ten minutes it may do what asks for one (`STEP_UP_REQUIRED`). Idempotency keys do
    /// nothing here: a factor is good once.
    async fn session_step_up(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The second factor of who is signed in.")] input: SessionStepUpInput,
    ) -> Result<SessionStepUpPayload> {
        let caller = caller(ctx);
        let (_, session) = caller.require_session()?;
        let shown = match one_of(input.totp, input.recovery_code, input.passkey) {
            Ok(shown) => sessions::session_step_up(caller, shown).await,
            Err(error) => Err(error),
        };
        let (done, user_errors) = or_user_errors(shown, "input")?;
        let session = match done {
            Some(()) => Some(sessions::by_id(caller, session).await?.into()),
            None => None,
        };
        Ok(SessionStepUpPayload {
            session,
            user_errors,
        })
    }
}
