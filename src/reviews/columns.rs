//! What is read of reviews in lists.

use crate::platform::narrow::{Asked, Cells, Columns, Shown};
use chrono::DateTime;
use entity::reviews::review::{Column, Entity, Model};
use sea_orm::DbErr;

const ALWAYS: &[Column] = &[
    Column::Id,
    Column::ProductId,
    Column::SellerId,
    Column::AuthorId,
    Column::Rating,
];

const SHOWN: &[Shown<Column>] = &[
    (Column::Title, &["title"]),
    (Column::Body, &["body"]),
    (Column::Version, &["version"]),
    (Column::CreatedAt, &["createdAt"]),
    (Column::UpdatedAt, &["updatedAt"]),
    (Column::DeletedAt, &[]),
];

/// The columns that show what is asked for.
pub(super) fn asked_for(asked: Option<&Asked>) -> Columns<Entity> {
    Columns::narrowed(asked, ALWAYS, SHOWN, None, review)
}

/// In the order of [`ALWAYS`] and [`SHOWN`].
fn review(cells: &mut Cells<'_>) -> Result<Model, DbErr> {
    Ok(Model {
        id: cells.take()?,
        product_id: cells.take()?,
        seller_id: cells.take()?,
        author_id: cells.take()?,
        rating: cells.take()?,
        title: cells.shown(String::new())?,
        body: cells.shown(String::new())?,
        version: cells.shown(0)?,
        created_at: cells.shown(DateTime::UNIX_EPOCH)?,
        updated_at: cells.shown(DateTime::UNIX_EPOCH)?,
        deleted_at: cells.shown(None)?,
    })
}
