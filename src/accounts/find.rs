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
use entity::accounts::account::{self, Entity, Model};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// The living accounts with these ids, to show as authors.
pub(crate) async fn authors_by_ids(
    caller: Caller,
    ids: Vec<AccountId>,
) -> Result<HashMap<AccountId, Arc<Model>>> {
    caller.depends_on(ids.iter().map(|id| events::tag(*id)));
    let ids: Vec<Uuid> = ids.into_iter().map(Uuid::from).collect();
    let id = Expr::col((Entity, account::Column::Id));
    let rows = Entity::find()
        .filter(keys::is_among(caller.database.backend(), id, &ids))
        .filter(account::Column::DeletedAt.is_null())
        .all(caller.database.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, Arc::new(row)))
        .collect())
}

/// The caller's own account, and how it signs in; nothing for whoever has not signed in.
pub(crate) async fn own(caller: &Caller) -> Result<Option<Login>> {
    match caller.actor {
        Actor::Person(person) => login_of(caller, person.account).await,
        Actor::Anonymous | Actor::Operator => Ok(None),
    }
}
