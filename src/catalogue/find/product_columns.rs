//! What is read of products in lists.

use crate::platform::narrow::{Asked, Cells, Columns, Shown};
use chrono::DateTime;
use entity::catalogue::product::{Column, Entity, Model, Status};
use sea_orm::{DbErr, prelude::Json};

const ALWAYS: &[Column] = &[
    Column::Id,
    Column::SellerId,
    Column::Slug,
    Column::Name,
    Column::Currency,
    Column::InStock,
];

const SHOWN: &[Shown<Column>] = &[
    (Column::CategoryId, &["category"]),
    (Column::Handle, &["handle"]),
    // For cursors alone.
    (Column::NameKey, &[]),
    (Column::Description, &["description"]),
    (Column::Status, &["status"]),
    (Column::Metadata, &["metadata"]),
    (Column::PriceMin, &["priceRange"]),
    (Column::PriceMax, &["priceRange"]),
    (Column::VariantCount, &["priceRange"]),
    (Column::RatingSum, &["rating"]),
    (Column::RatingCount, &["rating"]),
    (Column::RatingAverage, &[]),
    (Column::Version, &["version"]),
    (Column::CreatedAt, &["createdAt"]),
    (Column::UpdatedAt, &["updatedAt"]),
    (Column::DeletedAt, &[]),
];

/// The columns that show what is asked for, and `key`, which the list is sorted by.
pub(super) fn asked_for(asked: Option<&Asked>, key: Option<Column>) -> Columns<Entity> {
    Columns::narrowed(asked, ALWAYS, SHOWN, key, product)
}

/// In the order of [`ALWAYS`] and [`SHOWN`].
fn product(cells: &mut Cells<'_>) -> Result<Model, DbErr> {
    Ok(Model {
        id: cells.take()?,
        seller_id: cells.take()?,
        slug: cells.take()?,
        name: cells.take()?,
        currency: cells.take()?,
        in_stock: cells.take()?,
        category_id: cells.shown(None)?,
        handle: cells.shown(String::new())?,
        name_key: cells.shown(String::new())?,
        description: cells.shown(String::new())?,
        status: cells.shown(Status::Active)?,
        metadata: cells.shown(Json::Null)?,
        price_min: cells.shown(0)?,
        price_max: cells.shown(0)?,
        variant_count: cells.shown(0)?,
        rating_sum: cells.shown(0)?,
        rating_count: cells.shown(0)?,
        rating_average: cells.shown(0)?,
        version: cells.shown(0)?,
        created_at: cells.shown(DateTime::UNIX_EPOCH)?,
        updated_at: cells.shown(DateTime::UNIX_EPOCH)?,
        deleted_at: cells.shown(None)?,
    })
}
