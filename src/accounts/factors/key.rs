//! Where the key comes from that seals secrets of factors: the settings, or in development the table `factor_key`.

use crate::{
    app::App,
    error::{Error, Result},
    platform::sealing::{self, SealingKey},
};
use entity::accounts::factor_key::{Column, Entity, Model};
use sea_orm::{EntityTrait, IntoActiveModel, QueryOrder};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Whoever makes the first key holds this alone.
const MAKING_A_KEY: i64 = 7_040_016;

/// The key; read or made when it is first needed. To be called before a transaction: it may open one of its own.
///
/// # Errors
/// Invalid, naming the setting; whatever the database says.
pub(super) async fn key(app: &App) -> Result<Arc<SealingKey>> {
    app.factors
        .key(async || match &app.settings.factor_key {
            Some(set) => SealingKey::new(set),
            None if app.settings.is_production() => Err(Error::invalid(
                "FACTOR_KEY",
                "It is required in production and is missing.",
            )),
            None => SealingKey::new(&kept(app).await?),
        })
        .await
}

/// The key in the table, made if there is none: processes that start together must end with one.
async fn kept(app: &App) -> Result<SecretString> {
    app.transaction(async |tx| {
        app.database.be_alone(tx, MAKING_A_KEY).await?;
        let found = Entity::find()
            .order_by_asc(Column::CreatedAt)
            .one(tx)
            .await?;
        if let Some(found) = found {
            return Ok(found.secret.into());
        }
        let made = sealing::generate()?;
        let row = Model {
            id: SealingKey::new(&made)?.id().to_owned(),
            secret: made.expose_secret().to_owned(),
            created_at: app.clock.now(),
        };
        let row = row.into_active_model();
        Entity::insert(row).exec_without_returning(tx).await?;
        Ok(made)
    })
    .await
}
