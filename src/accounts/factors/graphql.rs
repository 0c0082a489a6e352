//! Second factors, as the API shows them to their people.

mod passkeys;

pub(crate) use passkeys::{
    Passkey, PasskeyCeremonyPayload, PasskeyMutations, ceremony_payload, own_passkeys,
};

use super::{
    recovery_codes_replace, standing, totp_confirm,
    totp_enrol::{self, Enrolment},
    totp_remove::{self, read_remove},
};
use crate::{
    accounts::sessions::graphql::SecondFactorMethod,
    caller::Caller,
    error::Result,
    graphql::{
        caller,
        idempotent::once,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use entity::ids::AccountId;
use secrecy::{ExposeSecret, SecretString};

/// The second factors of an account.
#[derive(SimpleObject)]
pub(crate) struct SecondFactors {
    /// The ways in which one can be shown; none where the password is enough to sign in.
    methods: Vec<SecondFactorMethod>,
    /// How many recovery codes are left.
    recovery_codes_left: i64,
}

impl SecondFactors {
    /// Those of `account`.
    pub(crate) async fn of(caller: &Caller, account: AccountId) -> Result<Self> {
        let standing = standing::standing(caller.database.write(), account).await?;
        let methods = standing.methods().into_iter();
        Ok(Self {
            methods: methods.map(SecondFactorMethod::from).collect(),
            recovery_codes_left: standing.recovery_codes_left(),
        })
    }
}

/// Who sets up an authenticator app.
#[derive(InputObject)]
pub(crate) struct TotpEnrolInput {
    /// The account's password.
    password: String,
}

/// What shows that the app works.
#[derive(InputObject)]
pub(crate) struct TotpConfirmInput {
    /// The six digits that it shows.
    code: String,
}

/// Who takes the authenticator app away.
#[derive(InputObject)]
pub(crate) struct TotpRemoveInput {
    /// The account's password.
    password: String,
}

/// What an authenticator app is given.
#[derive(SimpleObject)]
pub(crate) struct TotpEnrolPayload {
    /// For who types it: base 32.
    secret: Option<String>,
    /// For who scans it: show it as a QR code.
    uri: Option<String>,
    /// What keeps it from being set up.
    user_errors: Vec<UserError>,
}

/// What became of a change of second factors.
#[derive(SimpleObject)]
pub(crate) struct SecondFactorsPayload {
    /// The account's factors as they are now; nothing where they were not changed.
    second_factors: Option<SecondFactors>,
    /// The new recovery codes, where there are new ones: to be written down, since they are told this once. Each is good once.
    recovery_codes: Option<Vec<String>>,
    /// What keeps them from being changed.
    user_errors: Vec<UserError>,
}

/// The factors as they are after what was done, and the codes that came of it.
async fn payload(
    ctx: &Context<'_>,
    done: Result<Vec<SecretString>>,
) -> Result<SecondFactorsPayload> {
    let (codes, user_errors) = or_user_errors(done, "input")?;
    let (caller, mut second_factors) = (caller(ctx), None);
    if codes.is_some() {
        let account = caller.require_session()?.0.account;
        second_factors = Some(SecondFactors::of(caller, account).await?);
    }
    let told = |codes: Vec<SecretString>| {
        let codes = codes.iter().map(|code| code.expose_secret().to_owned());
        codes.collect::<Vec<_>>()
    };
    Ok(SecondFactorsPayload {
        second_factors,
        recovery_codes: codes.map(told).filter(|codes| !codes.is_empty()),
        user_errors,
    })
}

#[derive(Default)]
pub(crate) struct FactorMutations;

#[Object]
impl FactorMutations {
    /// Gives an authenticator app its secret. It protects nothing before totpConfirm, which is to follow within a quarter of an hour.
    /// Where the account has another factor, that is to be shown first (`STEP_UP_REQUIRED`). Idempotency keys do nothing here:
    /// secrets are not kept, so they could not be told again.
    async fn totp_enrol(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who sets up an authenticator app.")] input: TotpEnrolInput,
    ) -> Result<TotpEnrolPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let password = SecretString::from(input.password);
        let enrolled = totp_enrol::totp_enrol(caller, password.expose_secret()).await;
        let (enrolled, user_errors) = or_user_errors(enrolled, "input")?;
        let told = |which: fn(&Enrolment) -> &SecretString| {
            let enrolled = enrolled.as_ref();
            enrolled.map(|enrolled| which(enrolled).expose_secret().to_owned())
        };
        Ok(TotpEnrolPayload {
            secret: told(|enrolled| &enrolled.secret),
            uri: told(|enrolled| &enrolled.uri),
            user_errors,
        })
    }

    /// Shows a code of the app that totpEnrol was for: from now on signing in asks for one. With the account's first factor come ten
    /// recovery codes. Idempotency keys do nothing here, as with totpEnrol.
    async fn totp_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What shows that the app works.")] input: TotpConfirmInput,
    ) -> Result<SecondFactorsPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let code = SecretString::from(input.code);
        payload(ctx, totp_confirm::totp_confirm(caller, &code).await).await
    }

    /// Takes the authenticator app away. Needs a second factor that was shown a short while ago, with sessionStepUp. With the
    /// last factor the recovery codes go too.
    async fn totp_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who takes the authenticator app away.")] input: TotpRemoveInput,
    ) -> Result<SecondFactorsPayload> {
        let caller = caller(ctx);
        caller.require_step_up()?;
        let person = read_remove(caller, &input.password).await;
        let removed = once(ctx, async move |tx| {
            totp_remove::totp_remove(caller, tx, person?).await
        });
        payload(ctx, removed.await.map(|()| Vec::new())).await
    }

    /// Makes ten new recovery codes; those of before are void. Needs a second factor that was shown a short while ago, with
    /// sessionStepUp. Idempotency keys do nothing here, as with totpEnrol.
    async fn recovery_codes_replace(&self, ctx: &Context<'_>) -> Result<SecondFactorsPayload> {
        let caller = caller(ctx);
        caller.require_step_up()?;
        let codes = recovery_codes_replace::recovery_codes_replace(caller).await;
        payload(ctx, codes).await
    }
}
