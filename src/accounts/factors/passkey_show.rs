//! Showing a passkey: as both factors at once, or as the second.

use super::ceremony::{self, Ceremony};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::accounts::passkey::{Column, Entity, Model};
use entity::ids::{AccountId, PasskeyId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr};
use secrecy::SecretString;
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PublicKeyCredential, WebauthnError,
};

/// A passkey that was shown, and is to be used in the transaction in which something comes of it.
pub(crate) struct ShownPasskey {
    id: PasskeyId,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// As it is after this.
    credential: String,
    sign_count: i64,
}

/// Begins to show a passkey, whichever the device has.
///
/// # Errors
/// Conflict where the server has no domain that passkeys could be for; whatever the database says.
pub(crate) async fn passkey_show_start(caller: &Caller) -> Result<Ceremony> {
    let party = caller.factors.relying_party(&caller.settings)?;
    let started = party.start_discoverable_authentication();
    let (options, state) = started.map_err(Error::internal)?;
    let options = serde_json::to_value(&options.public_key).map_err(Error::internal)?;
    ceremony::begin(caller, None, &state, options).await
}

/// The passkey that a device has shown in the ceremony; nothing where the answer is none to it, for whatever reason. The device
/// must have verified its person.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn look_over(
    caller: &Caller,
    token: &SecretString,
    credential: Value,
) -> Result<Option<ShownPasskey>> {
    let party = caller.factors.relying_party(&caller.settings)?;
    let state: Option<DiscoverableAuthentication> = ceremony::take(caller, None, token).await?;
    let answer = serde_json::from_value::<PublicKeyCredential>(credential);
    let (Some(state), Ok(answer)) = (state, answer) else {
        return Ok(None);
    };
    let Ok((account, credential_id)) = party.identify_discoverable_authentication(&answer) else {
        return Ok(None);
    };
    let found = Entity::find()
        .filter(Column::CredentialId.eq(BASE64_URL_SAFE_NO_PAD.encode(credential_id)))
        .filter(Column::AccountId.eq(AccountId(account)))
        .one(caller.database.write())
        .await?;
    let Some(row) = found else {
        return Ok(None);
    };
    let passkey: Passkey = serde_json::from_str(&row.credential).map_err(Error::internal)?;
    match party.finish_discoverable_authentication_v2(&answer, state, &passkey) {
        Ok(result) if result.user_verified() => used(&row, passkey, &result).map(Some),
        Ok(_) => Ok(None),
        Err(WebauthnError::CredentialPossibleCompromise) => {
            note_clone(caller, &row).await?;
            Ok(None)
        }
        Err(error) => {
            tracing::debug!(%error, "a passkey that was shown cannot be taken");
            Ok(None)
        }
    }
}

fn used(row: &Model, mut passkey: Passkey, result: &AuthenticationResult) -> Result<ShownPasskey> {
    passkey.update_credential(result);
    Ok(ShownPasskey {
        id: row.id,
        account: row.account_id,
        credential: serde_json::to_string(&passkey).map_err(Error::internal)?,
        sign_count: result.counter().into(),
    })
}

/// Notes that the passkey was used; whether it still could be. Of two with the same count one can, unless the device does not
/// count.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn redeem(
    caller: &Caller,
    tx: &Tx,
    account: AccountId,
    shown: &ShownPasskey,
) -> Result<bool> {
    if shown.account != account {
        return Ok(false);
    }
    let counts_up = Column::SignCount.lt(shown.sign_count);
    let counts = if shown.sign_count == 0 {
        Condition::any().add(counts_up).add(Column::SignCount.eq(0))
    } else {
        Condition::all().add(counts_up)
    };
    let used = Entity::update_many()
        .col_expr(Column::Credential, Expr::value(&shown.credential))
        .col_expr(Column::SignCount, Expr::value(shown.sign_count))
        .col_expr(Column::LastUsedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(shown.id))
        .filter(Column::AccountId.eq(account))
        .filter(counts)
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}

/// A count that goes back: the key is on two devices, and one of them is a thief's (W3C Web Authentication, 6.1.1).
async fn note_clone(caller: &Caller, row: &Model) -> Result<()> {
    metrics::counter!("passkeys_refused_as_clones_total").increment(1);
    tracing::warn!(account = %row.account_id.0, passkey = %row.id.0, "a passkey's sign count went back: it may have been copied");
    let entry = Entry::new("passkey.refuse", "passkey", row.id)
        .is("reason", "its sign count went back")
        .is("account", row.account_id.0);
    caller
        .transaction(async |tx| audit::record(tx, caller, &[entry]).await)
        .await
}
