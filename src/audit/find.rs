//! Reading the log. Only those who may see it all see any of it.

use crate::{
    caller::Caller,
    error::Result,
    permissions::Permission,
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use chrono::{DateTime, Utc};
use entity::{
    audit::entry::{Column, Entity, Model},
    ids::{AccountId, SellerId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, SelectStatement},
};

/// Which entries are asked for; what is left out does not narrow.
#[derive(Clone, Debug, Default)]
pub(crate) struct AuditFilter {
    pub(crate) entity_type: Option<String>,
    /// As the table has it: a UUID in its usual form, or a name.
    pub(crate) entity_id: Option<String>,
    pub(crate) account: Option<AccountId>,
    pub(crate) action: Option<String>,
    pub(crate) seller: Option<SellerId>,
    /// Then or later.
    pub(crate) since: Option<DateTime<Utc>>,
    /// Before then.
    pub(crate) until: Option<DateTime<Utc>>,
}

/// The order of entries: by the time they were written.
pub(crate) fn order() -> Order<Model> {
    Order {
        name: "audit entries by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

fn filtered(caller: &Caller, filter: &AuditFilter) -> Result<SelectStatement> {
    caller.require(Permission::AuditRead)?;
    let mut entries = Entity::find();
    if let Some(entity_type) = &filter.entity_type {
        entries = entries.filter(Column::EntityType.eq(entity_type));
    }
    if let Some(entity_id) = &filter.entity_id {
        entries = entries.filter(Column::EntityId.eq(entity_id));
    }
    if let Some(account) = filter.account {
        entries = entries.filter(Column::AccountId.eq(account));
    }
    if let Some(action) = &filter.action {
        entries = entries.filter(Column::Action.eq(action));
    }
    if let Some(seller) = filter.seller {
        entries = entries.filter(Column::SellerId.eq(seller));
    }
    if let Some(since) = filter.since {
        entries = entries.filter(Column::OccurredAt.gte(since));
    }
    if let Some(until) = filter.until {
        entries = entries.filter(Column::OccurredAt.lt(until));
    }
    Ok(entries.into_query())
}

/// A page of entries, newest first.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not read the log.
pub(crate) async fn list(
    caller: &Caller,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Slice<Model>> {
    // Whoever has just done something wants to find it, which a replica would not show yet.
    let db = caller.database.write();
    keyset::fetch(db, filtered(caller, filter)?, &order(), page).await
}

/// How many entries there are, up to [`keyset::COUNT_LIMIT`].
///
/// # Errors
/// As [`list`].
pub(crate) async fn count(caller: &Caller, filter: &AuditFilter) -> Result<u64> {
    keyset::count(caller.database.write(), filtered(caller, filter)?).await
}
