//! Adding a passkey, first half: what the device is asked for.

use super::{
    Ceremony, ceremony,
    guards::{may_add, may_add_stepped_up},
};
use crate::{
    accounts::{Login, login_of},
    caller::{Caller, Person},
    error::{Error, Result},
};
use entity::accounts::passkey::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use webauthn_rs::prelude::{CredentialID, Passkey};

/// Most passkeys of an account.
pub(super) const MOST: usize = 20;

/// Begins to add a passkey. It is asked for one that the device finds by itself, so that nobody has to type an address to
/// sign in with it, and that verifies its person each time, which is what makes it two factors in one.
///
/// # Errors
/// Unauthenticated; Invalid when it is not the password; `StepUpRequired`; Conflict when there are too many.
pub(crate) async fn passkey_register_start(
    caller: &Caller,
    password: Option<&str>,
) -> Result<Ceremony> {
    let (person, own) = who(caller, password).await?;
    let party = caller.factors.relying_party(&caller.settings)?;
    let known = Entity::find()
        .filter(Column::AccountId.eq(person.account))
        .all(caller.database.write())
        .await?;
    if known.len() >= MOST {
        return Err(too_many());
    }
    let known = known.iter().filter_map(|row| {
        let passkey = serde_json::from_str::<Passkey>(&row.credential).ok()?;
        Some(passkey.cred_id().clone())
    });
    let known: Vec<CredentialID> = known.collect();
    let names = (&own.login.email, &own.account.display_name);
    let started = party.start_passkey_registration(person.account.0, names.0, names.1, Some(known));
    let (options, state) = started.map_err(Error::internal)?;
    let mut options = serde_json::to_value(&options.public_key).map_err(Error::internal)?;
    // The library asks for any.
    options["authenticatorSelection"]["residentKey"] = json!("required");
    options["authenticatorSelection"]["requireResidentKey"] = json!(true);
    ceremony::begin(caller, Some(person.account), &state, options).await
}

async fn who(caller: &Caller, password: Option<&str>) -> Result<(Person, Login)> {
    if let Some(password) = password {
        return may_add(caller, password).await;
    }
    let person = may_add_stepped_up(caller)?;
    let own = login_of(caller, person.account).await?;
    Ok((person, own.ok_or(Error::Unauthenticated)?))
}

pub(super) fn too_many() -> Error {
    Error::Conflict(format!(
        "An account has at most {MOST} passkeys. Remove one that is not used, with passkeyRemove."
    ))
}
