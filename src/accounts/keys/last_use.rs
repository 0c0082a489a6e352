//! When a key was last used.

use super::memory::{Known, USE_NOTED_EVERY};
use crate::app::App;
use chrono::{DateTime, Utc};
use entity::accounts::api_key::{Column, Entity};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// Has it written down that the key is used, at most once a minute for all servers together. The request does not wait for that,
/// nor does it mind when it cannot be done.
pub(super) fn note(app: &App, key: &Known, now: DateTime<Utc>) {
    if !app.keys.is_use_due(key, now) {
        return;
    }
    let (database, id) = (app.database.clone(), key.id);
    app.tasks.spawn(async move {
        let used = Column::LastUsedAt;
        let is_due = used.is_null().or(used.lte(now - USE_NOTED_EVERY));
        let noted = Entity::update_many()
            .col_expr(used, Expr::value(now))
            .filter(Column::Id.eq(id))
            .filter(is_due)
            .exec(database.write())
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a key could not be written down");
        }
    });
}
