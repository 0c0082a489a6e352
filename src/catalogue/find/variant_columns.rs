//! What is read of variants in lists.

use crate::platform::narrow::{Asked, Cells, Columns, Shown};
use chrono::DateTime;
use entity::catalogue::variant::{Column, Entity, Model, WeightUnit};
use sea_orm::DbErr;

const ALWAYS: &[Column] = &[
    Column::Id,
    Column::ProductId,
    Column::SellerId,
    Column::Price,
    Column::Currency,
    // The key of every list of them.
    Column::Position,
];

const SHOWN: &[Shown<Column>] = &[
    (Column::Sku, &["sku"]),
    (Column::Name, &["name"]),
    (Column::CompareAtPrice, &["compareAtPrice"]),
    (Column::Barcode, &["barcode"]),
    (Column::WeightGrams, &["weight"]),
    (Column::WeightUnit, &["weight"]),
    (Column::ImageId, &["image"]),
    (Column::Version, &["version"]),
    (Column::CreatedAt, &["createdAt"]),
    (Column::UpdatedAt, &["updatedAt"]),
    (Column::DeletedAt, &[]),
];

/// The columns that show what is asked for.
pub(super) fn asked_for(asked: Option<&Asked>) -> Columns<Entity> {
    Columns::narrowed(asked, ALWAYS, SHOWN, None, variant)
}

/// In the order of [`ALWAYS`] and [`SHOWN`].
fn variant(cells: &mut Cells<'_>) -> Result<Model, DbErr> {
    Ok(Model {
        id: cells.take()?,
        product_id: cells.take()?,
        seller_id: cells.take()?,
        price: cells.take()?,
        currency: cells.take()?,
        position: cells.take()?,
        sku: cells.shown(None)?,
        name: cells.shown(String::new())?,
        compare_at_price: cells.shown(None)?,
        barcode: cells.shown(None)?,
        weight_grams: cells.shown(None)?,
        weight_unit: cells.shown(WeightUnit::Grams)?,
        image_id: cells.shown(None)?,
        version: cells.shown(0)?,
        created_at: cells.shown(DateTime::UNIX_EPOCH)?,
        updated_at: cells.shown(DateTime::UNIX_EPOCH)?,
        deleted_at: cells.shown(None)?,
    })
}
