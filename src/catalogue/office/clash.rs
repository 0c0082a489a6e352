//! What the database says last: someone else took a name, a handle or a SKU at the same moment.

use crate::error::Error;
use sea_orm::DbErr;

/// The error, or where the database refused what only one may have, which of it.
pub(super) fn clash(error: Error) -> Error {
    let Error::Internal { source, .. } = &error else {
        return error;
    };
    let Some(refused) = source.downcast_ref::<DbErr>() else {
        return error;
    };
    let text = refused.to_string();
    // PostgreSQL names the index, SQLite the columns.
    let is = |index: &str, column: &str| text.contains(index) || text.contains(column);
    if is("product_name_key", "product.name_key") {
        let message = "Another product of the shop has this name: give this one a name of its own.";
        Error::invalid("input.name", message)
    } else if is("product_handle_key", "product.handle") {
        let message =
            "Another product of the shop has this handle: give this one a handle of its own.";
        Error::invalid("input.handle", message)
    } else if is("variant_sku_key", "variant.sku") {
        let message = "Another variant of the shop has this SKU: give this one a SKU of its own.";
        Error::invalid("input.sku", message)
    } else if is("product_slug_key", "product.slug") || is("tag_slug_key", "tag.slug") {
        Error::Contended
    } else {
        error
    }
}
