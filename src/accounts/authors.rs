//! People as others see them: found by id, and kept.

use super::events;
use crate::{
    caller::Caller,
    error::Result,
    platform::{
        cache::{Entities, Purger},
        config::Settings,
        keys,
    },
};
use entity::accounts::account::{Column, Entity};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What everyone sees of a person.
pub(crate) struct PublicFace {
    pub(crate) id: AccountId,
    pub(crate) display_name: String,
}

/// The people that this process keeps, as others see them.
#[derive(Debug)]
pub(crate) struct Faces(Entities<AccountId, PublicFace>);

impl Faces {
    pub(crate) fn new(purger: &Arc<Purger>, settings: &Settings) -> Self {
        let most = settings.caches.entities_kept;
        Self(Entities::new(purger, "authors", most, |id, _| {
            vec![events::tag(id)]
        }))
    }

    /// Shows its counts in the metrics.
    pub(crate) fn show(&self) {
        self.0.show();
    }
}

/// The living accounts with these ids, to show as authors.
pub(crate) async fn authors_by_ids(
    caller: Caller,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Arc<PublicFace>>> {
    caller.depends_on(ids.iter().map(|id| events::tag(*id)));
    let fetch = async |ids| fetch(&caller, ids).await;
    caller.faces.0.get(ids, fetch).await
}

async fn fetch(
    caller: &Caller,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Arc<PublicFace>>> {
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((Entity, Column::Id));
    // Pages are full of authors, and an account has four times as many columns.
    let rows: Vec<(AccountId, String)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::DisplayName])
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .filter(Column::DeletedAt.is_null())
        .into_tuple()
        .all(caller.database.read())
        .await?;
    let face = |(id, display_name)| (id, Arc::new(PublicFace { id, display_name }));
    Ok(rows.into_iter().map(face).collect())
}
