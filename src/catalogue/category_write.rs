//! What all changes of categories have in common.

use super::{events::CategoryChanged, rules::Checked};
use crate::{
    caller::Caller,
    error::{Error, OnConstraint, Result},
    outbox,
    platform::database::Tx,
};
use entity::catalogue::category::{Column, Entity, Model};
use entity::ids::CategoryId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// A rule's answer about the input's `field`.
pub(super) fn checked<T>(field: &str, checked: Checked<T>) -> Result<T> {
    checked.map_err(|message| Error::invalid(field, message))
}

/// What whoever wants a slug is told that another category has.
pub(super) fn slug_is_taken(slug: &str) -> Error {
    Error::Conflict(format!(
        "Another category has the slug '{slug}'. Pass another as `slug`."
    ))
}

/// The category as it is.
///
/// # Errors
/// `NotFound`; Conflict when it is of another version.
pub(super) async fn read(tx: &Tx, id: CategoryId, expected_version: i64) -> Result<Model> {
    let living = Entity::find_by_id(id).filter(Column::DeletedAt.is_null());
    let found = living.one(tx).await?.ok_or(Error::NotFound("category"))?;
    if found.version == expected_version {
        return Ok(found);
    }
    Err(changed_since())
}

/// Writes the category as it shall be, if it is still of the version that was read, and tells so.
///
/// # Errors
/// Conflict when it is not, or another category has the slug.
pub(super) async fn write(caller: &Caller, tx: &Tx, after: &Model) -> Result<()> {
    let changed = Entity::update_many()
        .col_expr(Column::ParentId, Expr::value(after.parent_id))
        .col_expr(Column::Slug, Expr::value(after.slug.as_str()))
        .col_expr(Column::Name, Expr::value(after.name.as_str()))
        .col_expr(Column::Description, Expr::value(after.description.as_str()))
        .col_expr(Column::Position, Expr::value(after.position))
        .col_expr(Column::DeletedAt, Expr::value(after.deleted_at))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(after.id))
        .filter(Column::Version.eq(after.version))
        .filter(Column::DeletedAt.is_null())
        .exec(tx)
        .await
        // PostgreSQL names the index, SQLite the column.
        .on_constraint("slug", || slug_is_taken(&after.slug))?;
    if changed.rows_affected == 0 {
        return Err(changed_since());
    }
    let event = CategoryChanged {
        category_id: after.id,
    };
    outbox::emit_one(tx, &event).await
}

fn changed_since() -> Error {
    Error::Conflict(
        "The category was changed since you read it. Read it again, and change that.".to_owned(),
    )
}
