//! Passkeys, as the API shows them to their people.

use super::{SecondFactors, SecondFactorsPayload, payload};
use crate::{
    accounts::factors::{
        Ceremony, find_passkeys, passkey_register_finish, passkey_register_start, passkey_remove,
    },
    error::Result,
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::{decode, encode},
        paging::PageArguments,
        scalars::Json,
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{accounts::passkey::Model, ids::PasskeyId};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// A key on a device of a person, with which it signs in without a password, or which it shows as its second factor.
pub(crate) struct Passkey(Arc<Model>);

impl From<Arc<Model>> for Passkey {
    fn from(row: Arc<Model>) -> Self {
        Self(row)
    }
}

/// A key on a device of a person, with which it signs in without a password, or which it shows as its second factor.
#[Object]
impl Passkey {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What the person calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was added.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last used.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }
}

/// The passkeys of whoever asks, the last to be added first.
pub(crate) async fn own_passkeys(
    ctx: &Context<'_>,
    page: PageArguments,
) -> Result<Connection<Passkey>> {
    let order = find_passkeys::order();
    let page = page.page(order.name)?;
    let caller = caller(ctx);
    let slice = find_passkeys::list(caller, &order, &page).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { find_passkeys::count(&caller).await })
    });
    Ok(Connection::new(&slice, order.name, count))
}

/// Who adds a passkey.
#[derive(InputObject)]
pub(crate) struct PasskeyRegisterStartInput {
    /// The account's password. It may be left out where a second factor was shown a short while ago.
    password: Option<String>,
}

/// What a device made.
#[derive(InputObject)]
pub(crate) struct PasskeyRegisterFinishInput {
    /// The ceremony that passkeyRegisterStart began.
    ceremony: String,
    /// What the person calls the passkey, in 1 to 100 characters.
    name: String,
    /// The credential that `navigator.credentials.create` gave, by its `toJSON()`.
    credential: Json,
}

/// Which passkey is taken away.
#[derive(InputObject)]
pub(crate) struct PasskeyRemoveInput {
    /// The passkey.
    id: ID,
}

/// What a device is asked.
#[derive(SimpleObject)]
pub(crate) struct PasskeyCeremony {
    /// To be sent back with the answer. It is good for one.
    ceremony: String,
    /// Goes to the browser as `publicKey`, by `PublicKeyCredential.parseCreationOptionsFromJSON` where a passkey is made and
    /// `parseRequestOptionsFromJSON` where one is shown.
    options: Json,
    /// Until when it may be answered.
    expires_at: DateTime<Utc>,
}

impl From<Ceremony> for PasskeyCeremony {
    fn from(ceremony: Ceremony) -> Self {
        Self {
            ceremony: ceremony.token.expose_secret().to_owned(),
            options: Json(ceremony.options),
            expires_at: ceremony.expires_at,
        }
    }
}

/// What comes of asking for a passkey.
#[derive(SimpleObject)]
pub(crate) struct PasskeyCeremonyPayload {
    /// What the device is asked.
    passkey_ceremony: Option<PasskeyCeremony>,
    /// What keeps it from being asked.
    user_errors: Vec<UserError>,
}

/// A ceremony that was begun, or why it was not.
pub(crate) fn ceremony_payload(begun: Result<Ceremony>) -> Result<PasskeyCeremonyPayload> {
    let (ceremony, user_errors) = or_user_errors(begun, "input")?;
    Ok(PasskeyCeremonyPayload {
        passkey_ceremony: ceremony.map(PasskeyCeremony::from),
        user_errors,
    })
}

/// What became of a passkey that was made.
#[derive(SimpleObject)]
pub(crate) struct PasskeyRegisterPayload {
    /// The passkey.
    passkey: Option<Passkey>,
    /// The account's factors as they are now; nothing where they were not changed.
    second_factors: Option<SecondFactors>,
    /// The recovery codes, where it is the account's first factor: to be written down, since they are told this once.
    recovery_codes: Option<Vec<String>>,
    /// What keeps it from being added.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct PasskeyMutations;

#[Object]
impl PasskeyMutations {
    /// Begins to add a passkey. Needs the password, and where the account has a factor one that was shown a short while ago
    /// (`STEP_UP_REQUIRED`). Idempotency keys do nothing here: what a device is asked is asked once.
    async fn passkey_register_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who adds a passkey.")] input: PasskeyRegisterStartInput,
    ) -> Result<PasskeyCeremonyPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let password = input.password.map(SecretString::from);
        let password = password.as_ref().map(ExposeSecret::expose_secret);
        ceremony_payload(passkey_register_start::passkey_register_start(caller, password).await)
    }

    /// Adds the passkey that a device made: from now on signing in with the password asks for a second factor, and the passkey alone
    /// is enough to sign in. With the account's first factor come ten recovery codes. Idempotency keys do nothing here.
    async fn passkey_register_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What a device made.")] input: PasskeyRegisterFinishInput,
    ) -> Result<PasskeyRegisterPayload> {
        let caller = caller(ctx);
        caller.require_session()?;
        let (token, credential) = (SecretString::from(input.ceremony), input.credential.0);
        let made = passkey_register_finish::passkey_register_finish(
            caller,
            &token,
            &input.name,
            credential,
        );
        let (id, codes) = match made.await {
            Ok((id, codes)) => (Some(id), Ok(codes)),
            Err(error) => (None, Err(error)),
        };
        let passkey = match id {
            Some(id) => Some(find_passkeys::passkey_by_id(caller, id).await?.into()),
            None => None,
        };
        let changed = payload(ctx, codes).await?;
        Ok(PasskeyRegisterPayload {
            passkey,
            second_factors: changed.second_factors,
            recovery_codes: changed.recovery_codes,
            user_errors: changed.user_errors,
        })
    }

    /// Takes a passkey away. Needs a second factor that was shown a short while ago, with sessionStepUp. With the last factor the
    /// recovery codes go too.
    async fn passkey_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which passkey is taken away.")] input: PasskeyRemoveInput,
    ) -> Result<SecondFactorsPayload> {
        let caller = caller(ctx);
        caller.require_step_up()?;
        let id: PasskeyId = decode(&input.id, "input.id")?;
        let removed = once(ctx, async |tx| {
            passkey_remove::passkey_remove(caller, tx, id).await
        });
        payload(ctx, removed.await.map(|()| Vec::new())).await
    }
}
