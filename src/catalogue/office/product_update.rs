//! Changing what is said of products.

use super::{
    ProductFields,
    edit::{Edited, MOST_AT_ONCE, edit},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::ProductId;

/// What of a product is changed.
#[derive(Clone, Debug)]
pub(crate) struct ProductUpdate {
    pub(crate) id: ProductId,
    pub(crate) fields: ProductFields,
    pub(crate) expected_version: i64,
}

/// Changes a product.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the product is of another version than the one that was read; `NotFound` for
/// whoever does not work in its shop, Forbidden for whoever does and may not.
pub(crate) async fn product_update(
    caller: &Caller,
    tx: &Tx,
    change: ProductUpdate,
) -> Result<ProductId> {
    let mut edited = edit(caller, tx, vec![change]).await?;
    // There is one answer to each change.
    edited.pop().unwrap_or(Edited::NotFound).result()
}

/// Changes up to fifty products; each is changed or not by itself.
///
/// # Errors
/// Invalid when they are too many; what is about more than one of them.
pub(crate) async fn product_update_many(
    caller: &Caller,
    tx: &Tx,
    changes: Vec<ProductUpdate>,
) -> Result<Vec<Edited>> {
    if changes.len() > MOST_AT_ONCE {
        let message = format!(
            "{} products are too many: change at most {MOST_AT_ONCE} at once.",
            changes.len()
        );
        return Err(Error::invalid("input.items", message));
    }
    edit(caller, tx, changes).await
}
