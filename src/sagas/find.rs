//! Finding sagas. Support and admins see them.

use super::{SagaRow, State, StepRow};
use crate::{
    caller::Caller,
    error::{Error, Result},
    permissions::Permission,
    platform::{
        database::lists,
        keyset::{self, Cursor, Order, Page, Slice, SortKey},
    },
};
use entity::ids::SagaId;
use entity::sagas::{
    saga::{Column, Entity},
    step,
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Select,
    sea_query::{Expr, SelectStatement},
};
use std::collections::HashMap;
use uuid::Uuid;

/// Which sagas are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct SagaFilter {
    pub(crate) kind: Option<String>,
    pub(crate) states: Option<Vec<State>>,
    /// What it is about.
    pub(crate) subject: Option<Uuid>,
}

/// The order of sagas: the last to be started first.
pub(crate) fn order() -> Order<SagaRow> {
    Order {
        name: "sagas by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

fn visible_to(caller: &Caller) -> Result<Select<Entity>> {
    caller.require(Permission::SagasRead)?;
    Ok(Entity::find())
}

fn filtered(caller: &Caller, filter: &SagaFilter) -> Result<SelectStatement> {
    let mut sagas = visible_to(caller)?;
    if let Some(kind) = &filter.kind {
        sagas = sagas.filter(Column::Kind.eq(kind));
    }
    if let Some(states) = &filter.states {
        sagas = sagas.filter(Column::State.is_in(states.iter().copied()));
    }
    if let Some(subject) = filter.subject {
        sagas = sagas.filter(Column::SubjectId.eq(subject));
    }
    Ok(sagas.into_query())
}

/// A page of sagas.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but support and admins.
pub(crate) async fn list(
    caller: &Caller,
    filter: &SagaFilter,
    page: &Page,
) -> Result<Slice<SagaRow>> {
    let sagas = filtered(caller, filter)?;
    // Whoever steers them wants to see what became of them at once, which a replica would not show.
    keyset::fetch(caller.database.write(), sagas, &order(), page).await
}

/// How many sagas there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but support and admins.
pub(crate) async fn count(caller: &Caller, filter: &SagaFilter) -> Result<u64> {
    keyset::count(caller.database.write(), filtered(caller, filter)?).await
}

/// The saga with this id.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but support and admins; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: SagaId) -> Result<SagaRow> {
    let found = visible_to(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.ok_or(Error::NotFound("saga"))
}

/// The steps of these sagas that were begun, each in their order, by one statement.
///
/// # Errors
/// Unauthenticated and Forbidden for anyone but support and admins.
pub(crate) async fn steps_of(
    caller: &Caller,
    sagas: &[SagaId],
) -> Result<HashMap<SagaId, Vec<StepRow>>> {
    caller.require(Permission::SagasRead)?;
    let backend = caller.database.backend();
    let rows = step::Entity::find()
        .filter(lists::is_among_ids(backend, step::Column::SagaId, sagas))
        .order_by_asc(step::Column::Position)
        .all(caller.database.write())
        .await?;
    let mut steps: HashMap<SagaId, Vec<StepRow>> = HashMap::new();
    for row in rows {
        steps.entry(row.saga_id).or_default().push(row);
    }
    Ok(steps)
}
