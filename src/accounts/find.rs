//! Finding people.

use super::{
    check_password::{Login, login_of},
    events,
};
use crate::{
    caller::{Actor, Caller},
    error::Result,
    platform::keys,
};
use entity::accounts::account::{self, Entity};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What everyone sees of a person.
pub(crate) struct PublicFace {
    pub(crate) id: AccountId,
    pub(crate) display_name: String,
}

/// The living accounts with these ids, to show as authors.
pub(crate) async fn authors_by_ids(
    caller: Caller,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Arc<PublicFace>>> {
    caller.depends_on(ids.iter().map(|id| events::tag(*id)));
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((Entity, account::Column::Id));
    // Pages are full of authors, and an account has four times as many columns.
    let rows: Vec<(AccountId, String)> = Entity::find()
        .select_only()
        .columns([account::Column::Id, account::Column::DisplayName])
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .filter(account::Column::DeletedAt.is_null())
        .into_tuple()
        .all(caller.database.read())
        .await?;
    let face = |(id, display_name)| (id, Arc::new(PublicFace { id, display_name }));
    Ok(rows.into_iter().map(face).collect())
}

/// The caller's own account, and how it signs in; nothing for whoever has not signed in.
pub(crate) async fn own(caller: &Caller) -> Result<Option<Login>> {
    match caller.actor {
        Actor::Person(person) => login_of(caller, person.account).await,
        Actor::Anonymous | Actor::Operator => Ok(None),
    }
}
