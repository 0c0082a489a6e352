//! Adding a passkey, second half: what the device made.

use super::{
    ceremony, passkey_register_start, recovery_codes, standing,
    tell::{entry, tell},
};
use crate::{
    accounts::letter::Reason,
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::accounts::passkey::{Column, Entity, Model};
use entity::ids::{AccountId, PasskeyId};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, sea_query::OnConflict,
};
use secrecy::SecretString;
use serde_json::Value;
use webauthn_rs::prelude::{Passkey, PasskeyRegistration, RegisterPublicKeyCredential};

/// Adds the passkey that a device made in the ceremony; returns it and, where it is the account's first factor, the
/// recovery codes, which are told this once.
///
/// # Errors
/// Unauthenticated; Invalid when the name is none, or the ceremony is over, or the answer is not to it; Conflict when there are too
/// many, or this one is there.
pub(crate) async fn passkey_register_finish(
    caller: &Caller,
    token: &SecretString,
    name: &str,
    credential: Value,
) -> Result<(PasskeyId, Vec<SecretString>)> {
    let account = caller.require_session()?.0.account;
    let name = read_name(name)?;
    let party = caller.factors.relying_party(&caller.settings)?;
    let state: Option<PasskeyRegistration> = ceremony::take(caller, Some(account), token).await?;
    let state = state.ok_or_else(|| wrong("input.ceremony"))?;
    let answer: RegisterPublicKeyCredential =
        serde_json::from_value(credential).map_err(|_| wrong("input.credential"))?;
    let made = party.finish_passkey_registration(&answer, &state);
    let made = made.map_err(|error| {
        tracing::debug!(%error, "a device made a passkey that cannot be taken");
        wrong("input.credential")
    })?;
    let row = row(caller, account, name, &made)?;
    let id = row.id;
    let codes = caller
        .transaction(async |tx| {
            let had_any = standing(tx, account).await?.has_any();
            keep(tx, row.clone()).await?;
            let codes = if had_any {
                Vec::new()
            } else {
                recovery_codes::replace(tx, account, row.created_at).await?
            };
            let entry = entry("factor.add", account)
                .is("method", "PASSKEY")
                .is("name", &row.name);
            tell(caller, tx, account, Reason::FactorAdded, entry).await?;
            Ok(codes)
        })
        .await?;
    Ok((id, codes))
}

fn row(caller: &Caller, account: AccountId, name: String, made: &Passkey) -> Result<Model> {
    let credential = serde_json::to_value(made).map_err(Error::internal)?;
    Ok(Model {
        id: PasskeyId::generate(),
        account_id: account,
        credential_id: BASE64_URL_SAFE_NO_PAD.encode(made.cred_id()),
        name,
        // The library has no other way to tell.
        sign_count: credential["cred"]["counter"].as_i64().unwrap_or(0),
        credential: credential.to_string(),
        created_at: caller.clock.now(),
        last_used_at: None,
    })
}

async fn keep(tx: &Tx, row: Model) -> Result<()> {
    let count = Entity::find().filter(Column::AccountId.eq(row.account_id));
    if count.count(tx).await? >= passkey_register_start::MOST as u64 {
        return Err(passkey_register_start::too_many());
    }
    let row = row.into_active_model();
    let once = OnConflict::column(Column::CredentialId)
        .do_nothing()
        .to_owned();
    let kept = Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(tx)
        .await?;
    if kept == 0 {
        let message = "This passkey is there already.";
        return Err(Error::Conflict(message.to_owned()));
    }
    Ok(())
}

/// What the person calls it.
fn read_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if (1..=100).contains(&length) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        let message = "A passkey's name has 1 to 100 characters, all of which can be seen.";
        Err(Error::invalid("input.name", message))
    }
}

/// One text for whatever is wrong with an answer.
fn wrong(field: &str) -> Error {
    let message = "This passkey cannot be taken: it took too long, is not the answer to what was asked, or comes from another page. \
                   Begin again with passkeyRegisterStart.";
    Error::invalid(field, message)
}
