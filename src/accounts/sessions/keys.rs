//! Where the signing key comes from: the settings, or in development the table `signing_key`.

use crate::{
    app::App,
    error::{Error, Result},
    platform::signing::{self, Keyring},
};
use entity::accounts::signing_key::{Column, Entity, Model};
use jsonwebtoken::jwk::JwkSet;
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Whoever makes the first key holds this alone.
const MAKING_A_KEY: i64 = 7_040_010;

/// The server's keys; read or made when they are first needed.
///
/// # Errors
/// Invalid, naming the setting; whatever the database says.
pub(crate) async fn keyring(app: &App) -> Result<Arc<Keyring>> {
    app.sessions
        .keyring(async || {
            let private = match &app.settings.jwt_private_key {
                Some(set) => set.clone(),
                None if app.settings.is_production() => {
                    return Err(Error::invalid(
                        "JWT_PRIVATE_KEY",
                        "It is required in production and is missing.",
                    ));
                }
                None => kept(app).await?,
            };
            Keyring::new(
                private.expose_secret(),
                &app.settings.jwt_previous_public_keys,
            )
        })
        .await
}

/// The public keys, for those who verify access tokens.
///
/// # Errors
/// What [`keyring`] says.
pub(crate) async fn jwks(app: &App) -> Result<JwkSet> {
    Ok(keyring(app).await?.jwks().clone())
}

/// The key in the table, made if there is none: processes that start together must end with one.
async fn kept(app: &App) -> Result<SecretString> {
    let key = app
        .transaction(async |tx| {
            app.database.be_alone(tx, MAKING_A_KEY).await?;
            let found = Entity::find()
                .order_by_asc(Column::CreatedAt)
                .one(tx)
                .await?;
            if let Some(found) = found {
                return Ok(found.private_key);
            }
            let private_key = signing::generate()?;
            let made = Model {
                kid: Keyring::new(&private_key, "")?.kid().to_owned(),
                private_key,
                created_at: app.clock.now(),
            };
            let row = made.clone().into_active_model();
            Entity::insert(row).exec_without_returning(tx).await?;
            Ok(made.private_key)
        })
        .await?;
    Ok(key.into())
}
